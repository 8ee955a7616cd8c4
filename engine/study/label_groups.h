// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Groups of windows in each of which a label must hold: styles, registers, and places in
/// the beat.

#ifndef MN_LABEL_GROUPS_H
#define MN_LABEL_GROUPS_H

#include "labels.h"

/// The registers: mean pitches up to each of these.
enum { MN_REGISTERS = 5 };
extern unsigned const mn_register_end[MN_REGISTERS];

/// A group. A label holds nowhere if there are fewer windows, so they make none.
enum { MN_GROUP_LEAST = 200 };

typedef struct {
  size_t    count;  ///< of groups
  size_t*   first;  ///< [count + 1]: where the windows of a group begin
  uint32_t* member; ///< [first[count]]: numbers of windows, ascending in a group
  double*   pitch;  ///< [heard->count]: the mean pitch of each window; NAN: no note
} MnLabelGroups;

/// Sorts windows into groups: each into one by style, one by register and one by the step
/// of the beat on which most of its notes start. @return false if memory runs out.
MN_NODISCARD bool
mn_label_groups_make(MnHeard const* heard, MnLabelGroups* groups);

void
mn_label_groups_free(MnLabelGroups* groups);

/// In which group a neuron goes least with a feature, in the direction in which it goes
/// with it over all windows.
///
/// @param rho [count][mn_feature_count], over all windows. @param least Likewise: the
/// correlations in that group, above 0 if the direction is the same in all groups.
/// @return false if memory runs out.
MN_NODISCARD bool
mn_label_groups_least(MnHeard const*       heard,
                      MnLabelGroups const* groups,
                      uint16_t const*      neurons,
                      unsigned             count,
                      double const*        rho,
                      double*              least);

/// Finds the registers in which neurons go with the mean pitch, or with its distance from
/// the middle: neighbours in each of which, and over each two of which, the direction is
/// one.
///
/// @param holds [count][2]: of the mean pitch, of the distance. @return false if memory
/// runs out.
MN_NODISCARD bool
mn_label_groups_registers(MnHeard const*       heard,
                          MnLabelGroups const* groups,
                          uint16_t const*      neurons,
                          unsigned             count,
                          MnHold*              holds);

#endif // MN_LABEL_GROUPS_H
