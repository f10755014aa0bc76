"""Recurrent cells and attention as textbooks write them: over arrays, in NumPy or JAX, without anything of ours.

`xp` is `numpy` or `jax.numpy`; `p` has for each part of a cell its W, U and b; `xs` is [steps, inputs].
"""


def sigmoid(xp, a):
    return 1 / (1 + xp.exp(-a))


def affine(p, x, h):
    w, u, b = p
    return w @ x + u @ h + b


def elman(xp, p, xs):
    h, found = xp.zeros(len(p["hidden"][2])), []
    for x in xs:
        h = xp.tanh(affine(p["hidden"], x, h))
        found.append(h)
    return xp.stack(found)


def lstm(xp, p, xs):
    h = c = xp.zeros(len(p["forget"][2]))
    found = []
    for x in xs:
        i, f, o = (sigmoid(xp, affine(p[part], x, h)) for part in ("input", "forget", "output"))
        g = xp.tanh(affine(p["candidate"], x, h))
        c = f * c + i * g
        h = o * xp.tanh(c)
        found.append(h)
    return xp.stack(found)


def gru(xp, p, xs):
    h, found = xp.zeros(len(p["reset"][2])), []
    for x in xs:
        z, r = (sigmoid(xp, affine(p[part], x, h)) for part in ("update", "reset"))
        g = xp.tanh(affine(p["candidate"], x, r * h))
        h = (1 - z) * h + z * g
        found.append(h)
    return xp.stack(found)


def minimal_gated_unit(xp, p, xs):
    h, found = xp.zeros(len(p["forget"][2])), []
    for x in xs:
        f = sigmoid(xp, affine(p["forget"], x, h))
        g = xp.tanh(affine(p["candidate"], x, f * h))
        h = (1 - f) * h + f * g
        found.append(h)
    return xp.stack(found)


def attention(xp, p, xs, window=None):
    """All steps at once, with a mask: no step looks at later ones, nor further back than the window."""
    q, k, v = (xs @ p[part][0].T + p[part][1][None] for part in ("query", "key", "value"))
    scores = q @ k.T / xp.sqrt(float(q.shape[1]))
    now, then = xp.arange(len(xs))[:, None], xp.arange(len(xs))[None, :]
    seen = (then <= now) & (then > now - (window or len(xs)))
    grown = xp.where(seen, xp.exp(xp.where(seen, scores, 0.0)), 0.0)
    return grown / grown.sum(1, keepdims=True) @ v
