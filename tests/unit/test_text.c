// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Texts from outside, as the window draws them.

#include "check.h"
#include "text.h"

#include <string.h>

static void
texts_are_made_fit_to_draw(void** const state)
{
  (void)state;
  static struct {
    char const* from;
    size_t      size;
    char const* to;
  } const cases[] = {
    {"plain", 16, "plain"},
    {"plain", 4, "pla"},
    {"na\xC3\xAFve", 16, "na\xC3\xAFve"},
    {"na\xC3\xAFve", 4, "na"}, // not half a character
    {"a\tb\nc\x7F", 16, "a b c "},
    {"\xFF\xC3x\xC0\x80", 16, "??x??"},
    {"\xED\xA0\x80", 16, "???"},      // a surrogate
    {"\xF4\x90\x80\x80", 16, "????"}, // beyond the last plane
    {"\xE2\x82", 16, "??"},           // cut short
    {"\xF0\x9F\x8E\xB5", 5, "\xF0\x9F\x8E\xB5"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    char text[16];
    mn_text_copy(text, cases[i].size, cases[i].from, strlen(cases[i].from));
    assert_string_equal(text, cases[i].to);
  }
  char text[16];
  mn_text_copy(text, sizeof(text), "ab\0cd", 5);
  assert_string_equal(text, "ab");
  mn_text_copy(text, sizeof(text), "abcd", 3); // without a 0 at the end
  assert_string_equal(text, "abc");
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(texts_are_made_fit_to_draw),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
