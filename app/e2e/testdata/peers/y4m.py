"""The camera of the peers that are written in Python: a clip in the YUV4MPEG2 format."""

import itertools


class Clip:
    """Frames of planar Y, U and V, played over and over."""

    def __init__(self, path):
        with open(path, "rb") as f:
            head = f.readline().decode().split()
            fields = {word[0]: word[1:] for word in head[1:]}
            self.width, self.height = int(fields["W"]), int(fields["H"])
            self.rate = int(fields["F"].split(":")[0])
            size = self.width * self.height * 3 // 2
            self.frames = []
            while f.readline():
                self.frames.append(f.read(size))

    def __iter__(self):
        return itertools.cycle(self.frames)
