"""Circuits as pictures: layout, boxes and links as SVG; machines as matrices; two machines; a run that shrinks."""
