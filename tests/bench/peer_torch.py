#!/usr/bin/env python3
# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""An encoder in PyTorch, float32, one thread: peer_torch.py HIDDEN

It answers lines of standard input: "about" with what this is, "window COUNT TOKENS..."
with the seconds of this many calls, each with one window, and "mu TOKENS..." with mu.
"""

import os
import statistics
import sys
import time

try:
    import torch
except ImportError:
    sys.exit("not installed: no PyTorch")
import weights

# Rounds to choose between the module and its trace.
TRIALS = 3


class Net(torch.nn.Module):
    def __init__(self, encoder):
        super().__init__()
        self.lstm = torch.nn.LSTM(weights.CLASSES, encoder.hidden, bidirectional=True)
        for end, direction in zip(("", "_reverse"), encoder.directions):
            w, r, bias = direction.gates("ifjo")  # PyTorch calls j g
            for name, array in (("weight_ih_l0", w.T), ("weight_hh_l0", r.T), ("bias_ih_l0", bias)):
                getattr(self.lstm, name + end).data = torch.from_numpy(array.copy())
            getattr(self.lstm, "bias_hh_l0" + end).data.zero_()
        for name, (kernel, bias) in encoder.heads.items():
            head = torch.nn.Linear(*kernel.shape)
            head.weight.data = torch.from_numpy(kernel.T.copy())
            head.bias.data = torch.from_numpy(bias)
            self.add_module(name, head)

    def forward(self, x):
        last = self.lstm(x)[1][0].transpose(0, 1).reshape(1, -1)
        return self.mu(last), torch.nn.functional.softplus(self.sigma(last))


def one_hot(tokens):
    return torch.from_numpy(weights.one_hot(tokens))[:, None]


def seconds(net, tokens, count):
    x, times = one_hot(tokens), []
    for _ in range(count):
        start = time.perf_counter()
        net(x)
        times.append(time.perf_counter() - start)
    return times


def about():
    """The version, and the library that multiplies: PyTorch's own or the system's."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    found = [name for name in ("openblas", "atlas", "blis") if any(name in file for file in files)]
    blas = found or (["mkl"] if torch.backends.mkl.is_available() else ["a plain BLAS"])
    return f"PyTorch {torch.__version__} with {blas[0]}"


def fastest(nets):
    tokens = weights.windows(1)[0]
    return min(nets, key=lambda net: statistics.median(seconds(net, tokens, 1 + TRIALS)[1:]))


def main():
    torch.set_num_threads(1)
    with torch.inference_mode():
        net = Net(weights.make(int(sys.argv[1]))).eval()
        trace = torch.jit.freeze(torch.jit.trace(net, one_hot(weights.windows(1)[0])))
        net = fastest([net, trace])
        for line in sys.stdin:
            what, *numbers = line.split()
            numbers = list(map(int, numbers))
            if what == "about":
                answer = [about()]
            elif what == "mu":
                answer = net(one_hot(numbers))[0][0].tolist()
            else:
                answer = seconds(net, numbers[1:], numbers[0])
            print(*answer, flush=True)


if __name__ == "__main__":
    main()
