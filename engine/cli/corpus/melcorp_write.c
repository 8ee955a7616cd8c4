// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melcorp_write.h"

#include "base/newfile.h"
#include "common/terminal.h"

#include <errno.h>
#include <limits.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  BAR         = 16,
  FIRST_ROOM  = 1 << 10,
  MAX_STEPS   = 1 << 28, // with all else, no more than a reader takes
  MAX_OUTPUTS = 4,
  XZ_PRESET   = 6,
  MORE_NAMES  = MN_MELCORP_NAMES - 1, // the last is for all that come later
};

struct MelcorpPiece {
  uint32_t group;
  uint32_t length;
  size_t   offset;
  uint8_t  source;
  uint8_t  style;
  char*    origin;
};

typedef struct MelcorpPiece Piece;

static char const* const mn_part_names[2] = {"train", "heldout"};

// Makes room for more elements, twice as much each time.
static bool
make_room(void** const elements, size_t* const room, size_t const count, size_t const size)
{
  if (*room >= count) {
    return true;
  }
  size_t wanted = *room ? *room : FIRST_ROOM;
  while (wanted < count) {
    wanted *= 2;
  }
  void* const bytes = realloc(*elements, wanted * size);
  if (bytes) {
    *elements = bytes;
    *room     = wanted;
  }
  return bytes;
}

// The number of a name, which is added if it is new.
static uint8_t
number_name(char (*const names)[MN_MELCORP_NAME],
            size_t* const     count,
            char const* const name)
{
  char clean[MN_MELCORP_NAME] = "";
  for (size_t i = 0; i < MN_MELCORP_NAME - 1 && name[i]; ++i) {
    clean[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
  }
  if (*count >= MORE_NAMES) {
    strcpy(clean, "other");
  }
  for (size_t i = 0; i < *count; ++i) {
    if (!strcmp(names[i], clean)) {
      return (uint8_t)i;
    }
  }
  memcpy(names[*count], clean, sizeof(clean));
  return (uint8_t)(*count)++;
}

bool
mn_melcorp_add(MnMelcorpWriter* const    w,
               MnMelcorpNew const* const segment,
               MnError* const            error)
{
  if (segment->length > MAX_STEPS - w->step_count) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "more than %d bars of melodies", MAX_STEPS / BAR);
    return false;
  }
  char* const origin = strdup(segment->origin);
  void*       pieces = w->pieces;
  void*       steps  = w->steps;
  bool        good   = origin && make_room(&pieces, &w->room, w->count + 1, sizeof(Piece));
  w->pieces          = (Piece*)pieces;
  good     = good && make_room(&steps, &w->step_room, w->step_count + segment->length, 1);
  w->steps = (uint8_t*)steps;
  if (!good) {
    free(origin);
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  w->pieces[w->count++] = (Piece){
    .group  = segment->group,
    .length = (uint32_t)segment->length,
    .offset = w->step_count,
    .source = number_name(w->sources, &w->source_count, segment->source),
    .style  = number_name(w->styles, &w->style_count, segment->style),
    .origin = origin,
  };
  memcpy(w->steps + w->step_count, segment->tokens, segment->length);
  w->step_count += segment->length;
  return true;
}

void
mn_melcorp_writer_free(MnMelcorpWriter* const w)
{
  for (size_t i = 0; i < w->count; ++i) {
    free(w->pieces[i].origin);
  }
  free(w->pieces);
  free(w->steps);
}

static void
put_u32(FILE* const out, size_t const number)
{
  for (unsigned shift = 0; shift < 32; shift += 8) {
    putc((int)(number >> shift & 0xFF), out);
  }
}

// Counts the segments and steps of a part.
static MnMelcorpCount
count_part(MnMelcorpWriter const* const w, bool const* const heldout, bool const part)
{
  MnMelcorpCount count = {0, 0};
  for (size_t i = 0; i < w->count; ++i) {
    if (heldout[w->pieces[i].group] == part) {
      ++count.segments;
      count.steps += w->pieces[i].length;
    }
  }
  return count;
}

static void
print_corpus(MnMelcorpWriter const* const w,
             bool const* const            heldout,
             bool const                   part,
             FILE* const                  out)
{
  MnMelcorpCount const count = count_part(w, heldout, part);
  fputs("MELCORP1", out);
  put_u32(out, w->source_count);
  put_u32(out, w->style_count);
  put_u32(out, count.segments);
  put_u32(out, count.steps);
  fwrite(w->sources, MN_MELCORP_NAME, w->source_count, out);
  fwrite(w->styles, MN_MELCORP_NAME, w->style_count, out);
  size_t offset = 0;
  for (size_t i = 0; i < w->count; ++i) {
    Piece const* const piece = &w->pieces[i];
    if (heldout[piece->group] == part) {
      put_u32(out, piece->group);
      put_u32(out, offset);
      put_u32(out, piece->length);
      put_u32(out, (size_t)piece->style << 8 | piece->source);
      offset += piece->length;
    }
  }
  for (size_t i = 0; i < w->count; ++i) {
    if (heldout[w->pieces[i].group] == part) {
      fwrite(w->steps + w->pieces[i].offset, 1, w->pieces[i].length, out);
    }
  }
}

static void
print_index(MnMelcorpWriter const* const w,
            bool const* const            heldout,
            bool const                   part,
            FILE* const                  out)
{
  size_t number = 0;
  for (size_t i = 0; i < w->count; ++i) {
    Piece const* const piece = &w->pieces[i];
    if (heldout[piece->group] != part) {
      continue;
    }
    fprintf(out,
            "%zu\t%s\t%s\t%u\t",
            number++,
            w->sources[piece->source],
            w->styles[piece->style],
            piece->group);
    mn_print_plain(piece->origin, strlen(piece->origin), out); // it may hold tabs
    fprintf(out, "\t%u\n", piece->length / BAR);
  }
}

// Packs bytes into a file that has yet to get its name.
static bool
write_packed(uint8_t const* const bytes,
             size_t const         size,
             char const* const    path,
             MnNewFile* const     output,
             MnError* const       error)
{
  size_t const   room   = lzma_stream_buffer_bound(size);
  uint8_t* const packed = (uint8_t*)malloc(room);
  size_t         length = 0;
  if (!packed ||
      lzma_easy_buffer_encode(
        XZ_PRESET, LZMA_CHECK_CRC64, NULL, bytes, size, packed, &length, room) != LZMA_OK) {
    free(packed);
    return mn_melcorp_fail(error, MN_STATUS_NO_MEMORY, path, "out of memory");
  }
  bool good = mn_newfile_open(output, path, error);
  if (good) {
    fwrite(packed, 1, length, output->file); // closing tells whether it failed
    good = mn_newfile_close(output, error);
  }
  free(packed);
  return good;
}

typedef void (*Printer)(MnMelcorpWriter const* w,
                        bool const*            heldout,
                        bool                   part,
                        FILE*                  out);

static bool
write_output(MnMelcorpWriter const* const w,
             bool const* const            heldout,
             bool const                   part,
             Printer const                print,
             char const* const            path,
             MnNewFile* const             output,
             MnError* const               error)
{
  char*       bytes = NULL;
  size_t      size  = 0;
  FILE* const out   = open_memstream(&bytes, &size);
  bool        good  = out;
  if (out) {
    print(w, heldout, part, out);
    good = !ferror(out);
    good = !fclose(out) && good;
  }
  good = good ? write_packed((uint8_t const*)bytes, size, path, output, error)
              : mn_melcorp_fail(error, MN_STATUS_NO_MEMORY, path, "out of memory");
  free(bytes);
  return good;
}

static bool
name_output(char              path[PATH_MAX],
            char const* const name,
            char const* const part,
            char const* const kind,
            MnError* const    error)
{
  int const length = snprintf(path, PATH_MAX, "%s-%s%s", name, part, kind);
  return (length >= 0 && length < PATH_MAX) ||
         mn_melcorp_fail(error, MN_STATUS_IO, name, strerror(ENAMETOOLONG));
}

bool
mn_melcorp_write(MnMelcorpWriter const* const w,
                 char const* const            name,
                 unsigned const               parts,
                 bool const* const            heldout,
                 MnMelcorpCount               counts[2],
                 MnError* const               error)
{
  static struct {
    char const* name;
    Printer     print;
  } const kinds[2] = {{".bin.xz", print_corpus}, {".index.tsv.xz", print_index}};

  MnNewFile outputs[MAX_OUTPUTS] = {{{0}, {0}, NULL}};
  char      path[PATH_MAX];
  bool      good = true;
  for (unsigned i = 0; good && i < 2 * parts; ++i) {
    good = name_output(path, name, mn_part_names[i / 2], kinds[i % 2].name, error) &&
           write_output(w, heldout, i / 2, kinds[i % 2].print, path, &outputs[i], error);
    counts[i / 2] = count_part(w, heldout, i / 2);
  }
  for (unsigned i = 0; good && i < 2 * parts; ++i) {
    good = mn_newfile_keep(&outputs[i], error);
  }
  for (unsigned i = 0; i < 2 * parts; ++i) {
    mn_newfile_drop(&outputs[i]);
  }
  return good;
}
