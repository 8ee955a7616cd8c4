# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""How long a window takes in jalv: latency.py BUILD SCRATCH

The sibling's gate opens on the frame from which a window's values count. Input arrives a
block before it is played, so a block is added to the frames from the window's close to
the gate. tests/hosts/run BUILD latency
"""

import common
import jalv
from common import CV, PLUGIN, RATE, SCRATCH, STEPS_PER_BEAT

BLOCKS = 64, 256, 1024
MODELS = {
    "magenta": common.SECOND_MODEL,
    "open": common.OWN_MODEL,
    "full size": common.BUILD / "full-size.safetensors",
}

HOP_HALF_BEAT, HOP_STEPS = 4, 2
STEP = common.frame_of(1 / STEPS_PER_BEAT, jalv.FREE_TEMPOS)
# From here notes round to the step after a window of 32, as in CLOSE_FRAMES of drive.h.
CLOSE = 188983 / 6000 * STEP


def state_of(model):
    folder = SCRATCH / "latency"
    folder.mkdir(exist_ok=True)
    (folder / "state.ttl").write_text(
        common.state_of("", {"hop": HOP_HALF_BEAT, "glide": 0}, CV, model)
    )
    return str(folder)


def latencies(model, block):
    """The latency of each window in ms, and how many windows should come."""
    with jalv.Jalv("-l", state_of(model)) as host:
        host.controls("reset")
        music = jalv.Music(host, jalv.FREE_TEMPOS, timebase=True, port="window")
        with music:
            while music.plays():
                pass
    levels = music.passed()
    opened = [frame for (_, was), (frame, level) in zip(levels, levels[1:]) if level > was]
    hop = HOP_STEPS * STEP
    ms = sorted((frame - CLOSE) % hop + block for frame in opened if frame > CLOSE)
    end = common.frame_of(common.BEATS_TO_PLAY, jalv.FREE_TEMPOS)
    return [1000 * frames / RATE for frames in ms], int((end - block - CLOSE) / hop) + 1


def measure():
    print("jalv on JACK, from the frame on which a window closes to its values, in ms:")
    print("model       block       min    median      95 %       max   windows")
    for name, model in MODELS.items():
        if not model.exists():
            print(f"{name:10} skipped: no {model.name}")
            continue
        for block in BLOCKS:
            with jalv.Server(block):
                ms, closed = latencies(model, block)
            figures = ms[0], ms[len(ms) // 2], ms[len(ms) * 95 // 100], ms[-1]
            text = " ".join(f"{value:9.2f}" for value in figures)
            print(f"{name:10} {block:6} {text} {len(ms):4} of {closed}", flush=True)
    jalv.results.check("windows come", True)


if __name__ == "__main__":
    jalv.results.of(measure)
