// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A simulated machine whose speed is the same wherever the test runs. Its kernel
/// counts the encoder's products, and its clock derives the time from that count.

#ifndef MN_MACHINE_H
#define MN_MACHINE_H

#include "host_private.h"

/// Makes an instance run on the machine. Call it before the first block. All instances
/// share one machine, which serves one thread.
void
machine_take(Host* host);

/// Sets the products computed in a ms from now on.
void
machine_set_speed(double products_per_ms);

/// All products computed so far.
double
machine_products(void);

#endif // MN_MACHINE_H
