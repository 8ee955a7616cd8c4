// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "machine.h"

static MnKernel kernel;
static double   speed = 1;
static double   time_ms;
static double   products;

static void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
  double const count = (double)matrix->rows * matrix->columns;
  products += count;
  time_ms += count / speed;
  mn_kernel_best()->product(matrix, start, state, sums);
}

static double
now_ms(void)
{
  return time_ms;
}

void
machine_take(Host* const host)
{
  kernel                         = *mn_kernel_best();
  kernel.product                 = product;
  host->monitor->requests.kernel = &kernel;
  host_set_clock(host, now_ms);
}

void
machine_set_speed(double const products_per_ms)
{
  speed = products_per_ms;
}

double
machine_products(void)
{
  return products;
}
