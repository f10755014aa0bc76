"""Known networks as machines: recurrent cells and attention, in which every number of the textbook is one link."""
