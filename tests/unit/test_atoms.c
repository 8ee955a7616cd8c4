// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reading an atom from outside must stop where the atom ends.

#include "check.h"
#include "protocol/atoms.h"

#include <string.h>

enum { URID_TYPE = 7, OTHER_TYPE = 8, VALUE = 42 };

static void
a_urid_is_read_only_of_an_atom_that_holds_one(void** const state)
{
  (void)state;
  MnUris const uris = {.atom_URID = URID_TYPE};
  static struct {
    uint32_t size;
    uint32_t type;
    LV2_URID expected;
  } const cases[] = {
    {sizeof(LV2_URID), URID_TYPE, VALUE},
    {sizeof(LV2_URID), OTHER_TYPE, 0},
    {0, URID_TYPE, 0}, // hosts may send this; the next bytes are not part of it
    {sizeof(LV2_URID) - 1, URID_TYPE, 0},
    {2 * sizeof(LV2_URID), URID_TYPE, 0},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    LV2_Atom_URID const urid = {{cases[i].size, cases[i].type}, VALUE};
    assert_int_equal(mn_atoms_urid(&uris, &urid.atom), cases[i].expected);
  }
  assert_int_equal(mn_atoms_urid(&uris, NULL), 0);
}

static void
a_text_ends_with_a_0_or_with_its_atom(void** const state)
{
  (void)state;
  static struct {
    uint32_t size;
    char     text[8];
    size_t   length;
  } const cases[] = {
    {5, "path", 4}, {4, "path", 4}, {3, "path", 3}, {1, "", 0}, {0, "path", 0}};
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    struct {
      LV2_Atom atom;
      char     text[8];
    } string = {{cases[i].size, OTHER_TYPE}, ""};
    memcpy(string.text, cases[i].text, sizeof(string.text));
    MnText const text = mn_atoms_text(&string.atom);
    assert_ptr_equal(text.at, string.text);
    assert_int_equal(text.length, cases[i].length);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_urid_is_read_only_of_an_atom_that_holds_one),
    cmocka_unit_test(a_text_ends_with_a_0_or_with_its_atom),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
