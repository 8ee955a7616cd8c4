# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""An LSTM over a sequence with its backward pass written out, and products in a chosen type.

The cell is MusicVAE's: gates i, j, f, o; c = c * sigm(f) + sigm(i) * tanh(j);
h = sigm(o) * tanh(c). The forget bias of 1 belongs to what the caller hands in.

Large products are taken in the type of `pre`, bfloat16 say; all else is in
float32 (float64 for float64).
"""

import torch


def _wide(dtype):
    return torch.float64 if dtype == torch.float64 else torch.float32


class Gather(torch.autograd.Function):
    """Rows of a table, which is what a product with one-hot vectors comes to."""

    @staticmethod
    def forward(context, table, index, dtype):
        context.save_for_backward(index)
        context.rows, context.dtype = len(table), table.dtype
        rows = torch.index_select(table.to(dtype), 0, index.reshape(-1))
        return rows.view(*index.shape, -1)

    @staticmethod
    def backward(context, grad):
        (index,) = context.saved_tensors
        if not context.needs_input_grad[0]:
            return None, None, None
        flat = grad.reshape(-1, grad.shape[-1]).to(context.dtype)
        table = torch.zeros(context.rows, flat.shape[1], dtype=context.dtype, device=flat.device)
        return table.index_add_(0, index.reshape(-1), flat), None, None


class Sequence(torch.autograd.Function):
    """All h of a sequence [steps, n, H].

    `pre` [steps, n, 4H] is what the inputs and biases add to the gates, `recurrent`
    [H, 4H] the matrix for h, `h` and `c` [n, H] the state at the start.
    """

    @staticmethod
    def forward(context, pre, recurrent, h, c):
        steps, n, width = pre.shape
        size, wide = width // 4, _wide(pre.dtype)
        matrix = recurrent.to(pre.dtype)
        # sigmoid of all four gates; that of j is taken at 2j, for tanh(j) = 2 sigm(2j) - 1
        # and torch's tanh takes four times a sigmoid's time.
        gates = torch.empty(steps, n, width, dtype=wide, device=pre.device)
        cells = torch.empty(steps + 1, n, size, dtype=wide, device=pre.device)
        tanhs = torch.empty(steps, n, size, dtype=wide, device=pre.device)
        states = torch.empty(steps + 1, n, size, dtype=pre.dtype, device=pre.device)
        states[0], cells[0] = h, c
        for t in range(steps):
            gate = gates[t].copy_(torch.addmm(pre[t], states[t], matrix))
            gate[:, size : 2 * size].mul_(2)
            i, j, f, o = gate.sigmoid_().chunk(4, 1)
            cell = torch.mul(f, cells[t], out=cells[t + 1])
            cell.addcmul_(i, j, value=2).sub_(i)
            tanh = torch.mul(cell, 2, out=tanhs[t]).sigmoid_().mul_(2).sub_(1)
            states[t + 1].copy_(o * tanh)
        context.save_for_backward(gates, cells, tanhs, states, recurrent)
        return states[1:].to(wide)

    @staticmethod
    def backward(context, grad):
        gates, cells, tanhs, states, recurrent = context.saved_tensors
        steps, n, width = gates.shape
        size = width // 4
        transposed = recurrent.to(states.dtype).t().contiguous()
        pre = torch.empty(steps, n, width, dtype=states.dtype, device=gates.device)
        h, c = torch.zeros_like(grad[0]), torch.zeros_like(grad[0])
        for t in reversed(range(steps)):
            gate, tanh = gates[t], tanhs[t]
            i, j, f, o = gate.chunk(4, 1)
            h += grad[t]
            outer = h * o
            c += outer
            c -= outer.mul_(tanh).mul_(tanh)
            # s (1 - s) of all gates; for j, whose s was taken at 2j, tanh' is 4 s (1 - s).
            slope = torch.addcmul(gate, gate, gate, value=-1)
            of_i, of_j, of_f, of_o = slope.chunk(4, 1)
            of_i.mul_((2 * j).sub_(1).mul_(c))
            of_j.mul_((4 * i).mul_(c))
            of_f.mul_(cells[t]).mul_(c)
            of_o.mul_(tanh).mul_(h)
            pre[t].copy_(slope)
            h.copy_(torch.mm(pre[t], transposed))
            c.mul_(f)
        matrix = None
        if context.needs_input_grad[1]:
            matrix = torch.mm(states[:-1].view(-1, size).t(), pre.view(-1, width)).to(recurrent.dtype)
        return pre, matrix, h, c
