// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "complete.h"

#include "option_names.h"

#include <stdio.h>
#include <string.h>

typedef struct {
  char const* word;   // that is completed
  char const* before; // what is printed before each: "--hop=", or nothing
  size_t      length; // of that
  char const* help;   // where what is printed is described
} Completion;

// What a help says of an option or a command: what begins with the first two spaces behind
// it, up to the end of that line. @return NULL if it says nothing there.
static char const*
find_words(char const* const help, char const* const name)
{
  size_t const length = strlen(name);
  for (char const* line = help; line; line = strchr(line, '\n')) {
    line += strspn(line, "\n ");
    line += *line == '-' && line[1] != '-' && line[1] && line[2] == ',' ? 4 : 0;
    if (!strncmp(line, name, length) && line[length] == ' ') {
      char const* const words = strstr(line, "  ");
      char const* const end   = strchr(line, '\n');
      return words && end && words <= end + 1 ? words + strspn(words, " ") : NULL;
    }
  }
  return NULL;
}

static void
offer(Completion const* const c, char const* const name)
{
  if (strncmp(name, c->word, strlen(c->word)) != 0) {
    return;
  }
  char const* const words = c->help ? find_words(c->help, name) : NULL;
  printf("%.*s%s%s%.*s\n",
         (int)c->length,
         c->before,
         name,
         words ? "\t" : "",
         words ? (int)strcspn(words, "\n") : 0,
         words ? words : "");
}

static void
offer_commands(Completion const* const c, MnCommand const* const* commands)
{
  for (; *commands; ++commands) {
    offer(c, (*commands)->name);
  }
  offer(c, "help");
}

static void
offer_options(Completion const* const c, MnCommand const* const command)
{
  for (struct option const* o = command->options; o->name; ++o) {
    char name[64];
    snprintf(name, sizeof(name), "--%s", o->name);
    offer(c, name);
  }
}

static void
offer_values(Completion const* const c, MnCommand const* const command, int const option)
{
  char const* value;
  for (unsigned i = 0; (value = mn_option_value(command, option, i)); ++i) {
    offer(c, value);
  }
}

// The option with a value that a text names, up to its end or a "=". @return 0 if none.
static int
find_option(MnCommand const* const command, char const* const text)
{
  size_t const length = strcspn(text, "=");
  for (struct option const* o = command->options; o->name; ++o) {
    bool const spelt = length > 2 && strlen(o->name) == length - 2 &&
                       !strncmp(text, "--", 2) && !strncmp(text + 2, o->name, length - 2);
    bool const letter = length == 2 && text[0] == '-' && text[1] == o->val &&
                        command->letters && strchr(command->letters, o->val);
    if ((spelt || letter) && o->has_arg == required_argument) {
      return o->val;
    }
  }
  return 0;
}

static void
complete_argument(MnCommand const* const command,
                  char const* const      previous,
                  char const* const      word)
{
  char const* const equals = strchr(word, '=');
  int const         before = find_option(command, previous);
  int const         own    = equals ? find_option(command, word) : 0;
  if (before) {
    offer_values(&(Completion){word, "", 0, NULL}, command, before);
  } else if (own) {
    size_t const length = (size_t)(equals + 1 - word);
    offer_values(&(Completion){equals + 1, word, length, NULL}, command, own);
  } else if (*word == '-') {
    offer_options(&(Completion){word, "", 0, command->help}, command);
  } else if (command->operand && !strcmp(command->operand, "model")) {
    offer_values(&(Completion){word, "", 0, NULL}, command, 'm');
  }
}

int
mn_complete(MnCommand const* const* commands,
            char const* const       help,
            int const               count,
            char* const* const      words)
{
  char const* const last     = count ? words[count - 1] : "";
  bool const        cut      = !strcmp(last, "=");
  char const* const word     = cut ? "" : last;
  int               previous = cut ? count - 1 : count - 2;
  if (previous > 0 && !strcmp(words[previous], "=")) {
    --previous;
  }
  Completion const first = {word, "", 0, help};
  if (count <= 1 || (count == 2 && !strcmp(words[0], "help"))) {
    offer_commands(&first, commands);
    if (*word == '-') {
      offer(&first, "--help");
      offer(&first, "--version");
    }
    return MN_EXIT_GOOD;
  }
  while (*commands && strcmp((*commands)->name, words[0]) != 0) {
    ++commands;
  }
  if (*commands) {
    complete_argument(*commands, previous > 0 ? words[previous] : "", word);
  }
  return MN_EXIT_GOOD;
}
