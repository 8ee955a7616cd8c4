// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A machine of a certain speed, the same wherever the test runs: its kernel counts
/// products of the encoder, and its clock tells the time by them.

#ifndef MN_MACHINE_H
#define MN_MACHINE_H

#include "host_private.h"

/// Lets an instance, before its first block, run on the machine. There is one for
/// all of them, and for one thread.
void
machine_take(Host* host);

/// Products in a ms from now on.
void
machine_set_speed(double products_per_ms);

/// Products that were computed in all.
double
machine_products(void);

#endif // MN_MACHINE_H
