"""The examples of networks, of sound, of the wave and of the detector: what they print and write is so."""

import re
import runpy
import sys
import wave
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("gru", "attention", "audio", "wave_in_the_matrix", "duplicate_detector")


def printed(name, monkeypatch, capsys, *arguments):
    """What an example prints as a script, and the names that it defines."""
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    defined = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out, defined


@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_on_a_page_and_tells_what_it_does(name, monkeypatch, capsys):
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    with pytest.raises(SystemExit) as ended:
        printed(name, monkeypatch, capsys, "--help")
    assert ended.value.code == 0
    told = " ".join(capsys.readouterr().out.split())
    assert text.removeprefix('"""').partition("\n")[0].removesuffix('"""') in told


@pytest.mark.trains
def test_gru(monkeypatch, capsys):
    text, _ = printed("gru", monkeypatch, capsys)
    errors = re.search(r"^151 weights; .* error ([\d.]+), in the end ([\d.]+)$", text, re.MULTILINE)
    before, after = map(float, errors.groups())
    assert after < 0.02 < 0.8 < before
    right, of = map(int, re.search(r"^(\d+) of (\d+) bits", text, re.MULTILINE).groups())
    assert right == of == 5 * (100 - 2)


def test_attention(monkeypatch, capsys):
    text, defined = printed("attention", monkeypatch, capsys)
    rows = re.findall(r"^(\w+) +([\d?]+) +price ([\d.]+)   looks at (.*)$", text, re.MULTILINE)
    assert [row[0] for row in rows] == [thing for thing, _ in defined["OFFERS"]]
    known = []
    for place, (thing, _, answer, looks) in enumerate(rows, 1):
        price = dict(enumerate(defined["OFFERS"], 1))[place][1]
        known += [] if price is None else [(place, thing, price)]
        same = [(where, cost) for where, other, cost in known if other == thing]
        assert float(answer) == pytest.approx(sum(cost for _, cost in same) / len(same), abs=5e-4)
        assert looks == ", ".join(f"{where}-{thing} {1 / len(same):.2f}" for where, _ in same)
    assert any("," in looks for *_, looks in rows)
    assert float(text.split()[-1]) <= 1e-5


def test_audio(tmp_path, monkeypatch, capsys):
    out = tmp_path / "chord.wav"
    text, defined = printed("audio", monkeypatch, capsys, "--out", str(out), "--seconds", "1")
    with wave.open(str(out)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    assert len(samples) == 8000
    promised = [float(each) for each in re.findall(r"([\d.]+) Hz", text)]
    assert promised == list(defined["TONES"].values())
    spectrum = np.abs(np.fft.rfft(samples))  # a line a hertz
    tops = [f for f in range(1, len(spectrum) - 1) if spectrum[f] == max(spectrum[f - 1 : f + 2])]
    loudest = sorted(sorted(tops, key=lambda f: -spectrum[f])[:3])
    assert np.abs(np.array(loudest) - promised).max() <= 0.5
    quiet = [spectrum[f] for f in range(len(spectrum)) if min(abs(f - each) for each in promised) > 50]
    assert max(quiet) < 0.05 * min(spectrum[f] for f in loudest)
    assert np.abs(samples[:200]).max() > 20000
    halves = [np.sqrt((half**2).mean()) for half in np.split(samples, 2)]
    assert halves[1] / halves[0] == pytest.approx(0.5, abs=0.01)  # the half-life is half a second


def test_the_wave(monkeypatch, capsys):
    text, _ = printed("wave_in_the_matrix", monkeypatch, capsys, "--ticks", "50")
    rows = [[int(x) for x in line.split()] for line in text.splitlines() if re.fullmatch(r"[\d ]+", line)]
    assert rows == [[t, t % 3 == 0, t % 3 == 1, t % 3 == 2] for t in range(1, 51)]


@pytest.mark.parametrize("words", ["test string.", "noon."])
def test_the_detector(words, monkeypatch, capsys):
    text, _ = printed("duplicate_detector", monkeypatch, capsys, "--text", words)
    for end in range(1, len(words) + 1):
        heard = words[:end]
        numbers = f"{max(Counter(heard).values()) - 1} {min(heard.count('.'), 4)}"
        assert re.search(rf"^{re.escape(heard)} +{numbers}$", text, re.MULTILINE)
    most, count = Counter(words).most_common(1)[0]
    others = [symbol for symbol, number in Counter(words).items() if number == count and symbol != most]
    ticks = ", ".join(str(tick) for tick, symbol in enumerate(words, 1) if symbol == most)
    assert (f"{{{most}: 1}} at ticks {ticks}; without one of them: {count - 2}\n" in text) == (not others)
