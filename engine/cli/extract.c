// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons extract`: makes a corpus from folders of MIDI files.

#include "base/random.h"
#include "corpus/filelist.h"
#include "corpus/melcorp_write.h"
#include "midi/lines.h"
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// FNV-1a, 64 bits.
static uint64_t const hash_start = 0xCBF29CE484222325U;
static uint64_t const hash_prime = 0x100000001B3U;

enum { PERCENT = 100, MAX_ORIGIN = PATH_MAX + 16 };

// A folder with MIDI files.
typedef struct {
  char const* path;
  char        source[NAME_MAX + 1]; // its own name
  MnFileList  files;
} Folder;

typedef struct {
  MnOptions const* options;
  Folder*          folders;
  size_t           folder_count;
  size_t           file_count;
  MnMelcorpWriter  writer;
  uint64_t*        hashes;  // [file_count], of what its melodies are
  bool*            heldout; // [file_count]
  size_t           files;   // with melodies: each is a group
  size_t           seen;
  size_t           bad;
  MnProgressLine   progress;
} Extraction;

// A file that is being read.
typedef struct {
  Extraction* extraction;
  char const* source;
  char const* style;
  char const* relative; // path below its folder
  uint64_t    hash;
  bool        any;
} File;

static int
open_folder(Folder* const folder, char const* const path)
{
  struct stat what;
  char        whole[PATH_MAX];
  folder->path = path;
  if (stat(path, &what) || !realpath(path, whole)) {
    return mn_fail(
      mn_exit_reading(mn_status_of_errno(errno)), "%s: %s", path, strerror(errno));
  }
  if (!S_ISDIR(what.st_mode)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%s: not a folder", path);
  }
  char const* const own = strrchr(whole, '/') + 1;
  snprintf(folder->source, sizeof(folder->source), "%s", *own ? own : "root");
  return mn_filelist_add(&folder->files, path, mn_filelist_is_midi);
}

static int
open_folders(Extraction* const e)
{
  int status = MN_EXIT_GOOD;
  for (size_t i = 0; i < e->folder_count && status == MN_EXIT_GOOD; ++i) {
    status = open_folder(&e->folders[i], e->options->corpora[i]);
    e->file_count += e->folders[i].files.count;
  }
  if (status == MN_EXIT_GOOD && !e->file_count) {
    status = mn_fail(
      MN_EXIT_BAD_INPUT, "%s: no MIDI file (" MN_MIDI_NAMES ")", e->folders[0].path);
  }
  return status;
}

// The hash of a melody comes from its rhythm and intervals. So a melody that occurs
// twice, perhaps in another key, is not on both sides of the split.
static uint64_t
hash_melody(uint64_t hash, uint8_t const* const tokens, size_t const length)
{
  int first = 0;
  for (size_t i = 0; i < length; ++i) {
    int const note = tokens[i] > MN_NOTE_OFF ? tokens[i] : 0;
    first          = first ? first : note;
    // Intervals lie beyond all tokens, so that the two differ.
    int const what = note ? 2 * MN_CLASSES + note - first : tokens[i];
    hash           = (hash ^ (uint64_t)what) * hash_prime;
  }
  return (hash ^ UINT8_MAX) * hash_prime; // the end of it
}

static int
take_line(void* const          context,
          unsigned const       track,
          unsigned const       channel,
          uint8_t const* const tokens,
          size_t const         length)
{
  File* const        f     = (File*)context;
  MnError            error = {0};
  char               origin[MAX_ORIGIN];
  MnMelcorpNew const segment = {
    .source = f->source,
    .style  = f->style,
    .group  = (uint32_t)f->extraction->files,
    .origin = origin,
    .tokens = tokens,
    .length = length,
  };
  snprintf(origin, sizeof(origin), "%s#%u.%u", f->relative, track, channel);
  if (!mn_melcorp_add(&f->extraction->writer, &segment, &error)) {
    return mn_fail_writing(&error);
  }
  f->hash = hash_melody(f->hash, tokens, length);
  f->any  = true;
  return MN_EXIT_GOOD;
}

static int
read_file(Extraction* const e, File* const f, char const* const path)
{
  MnError     error = {0};
  MnMidiScore score;
  MnHearing   hearing = mn_options_hearing(e->options);
  hearing.choose      = false; // each track has a melody
  if (!mn_midi_score_read(&score, path, &hearing, &error)) {
    mn_progress_line_clear(&e->progress);
    if (error.status == MN_STATUS_NO_MEMORY) {
      return mn_fail_reading(&error);
    }
    ++e->bad;
    mn_fail(MN_EXIT_BAD_INPUT, "passed over: %s", error.text);
    return MN_EXIT_GOOD;
  }
  if (score.faults.count) {
    mn_progress_line_clear(&e->progress);
    mn_midi_score_warn(&score, path);
  }
  int const status = mn_lines_cut(&score, e->options->voice, take_line, f);
  mn_midi_score_free(&score);
  if (f->any) {
    e->hashes[e->files++] = f->hash;
  }
  return status;
}

// The style of a file is the first folder on the way to it.
static int
read_folder(Extraction* const e, Folder const* const folder)
{
  int status = MN_EXIT_GOOD;
  for (size_t i = 0; i < folder->files.count && status == MN_EXIT_GOOD; ++i) {
    char const* const path     = folder->files.paths[i];
    char const* const below    = path + strlen(folder->path);
    char const* const relative = below + strspn(below, "/");
    size_t const      first    = strcspn(relative, "/");
    char              style[NAME_MAX + 1];
    snprintf(style,
             sizeof(style),
             "%.*s",
             relative[first] ? (int)first : NAME_MAX,
             relative[first] ? relative : folder->source);
    File file = {.extraction = e,
                 .source     = folder->source,
                 .style      = style,
                 .relative   = relative,
                 .hash       = hash_start};
    mn_progress_line_show(
      &e->progress, "extract: file %zu of %zu", ++e->seen, e->file_count);
    status = read_file(e, &file, path);
  }
  return status;
}

static int
read_folders(Extraction* const e)
{
  int status = MN_EXIT_GOOD;
  for (size_t i = 0; i < e->folder_count && status == MN_EXIT_GOOD; ++i) {
    status = read_folder(e, &e->folders[i]);
  }
  mn_progress_line_clear(&e->progress);
  if (status == MN_EXIT_GOOD && e->bad == e->file_count) {
    return mn_fail(MN_EXIT_BAD_INPUT, "no MIDI file can be read");
  }
  if (status == MN_EXIT_GOOD && !e->files) {
    return mn_fail(
      MN_EXIT_BAD_INPUT, "no melody of two bars of 4/4 in %zu files", e->file_count);
  }
  return status;
}

// The place of a melody in 0..1, from its hash alone.
static double
place(uint64_t hash)
{
  return (double)(mn_random_next(&hash) >> 32) / 0x1p32;
}

// Holds a share of the files out. If that is more than nothing, and two files differ,
// each part gets one at least.
static void
split(Extraction* const e)
{
  double const share = (double)e->options->heldout / PERCENT;
  double       least = 1;
  double       most  = 0;
  for (size_t i = 0; i < e->files; ++i) {
    double const at = place(e->hashes[i]);
    least           = at < least ? at : least;
    most            = at > most ? at : most;
  }
  for (size_t i = 0; i < e->files && e->options->heldout; ++i) {
    double const at = place(e->hashes[i]);
    e->heldout[i]   = (at < share || at == least) && (at < most);
  }
}

static int
write_corpus(Extraction* const e)
{
  static char const* const parts[2] = {"train", "heldout"};

  MnMelcorpCount counts[2];
  MnError        error = {0};
  unsigned const count = e->options->heldout ? 2 : 1;
  if (!mn_melcorp_write(
        &e->writer, e->options->output, count, e->heldout, counts, &error)) {
    return mn_fail_writing(&error);
  }
  for (unsigned i = 0; i < count; ++i) {
    printf("%s-%s.bin.xz: %zu segments, %zu bars\n",
           e->options->output,
           parts[i],
           counts[i].segments,
           counts[i].steps / MN_LINE_BAR);
  }
  return MN_EXIT_GOOD;
}

static int
extract(Extraction* const e)
{
  int status = open_folders(e);
  if (status != MN_EXIT_GOOD) {
    return status;
  }
  // NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): there is a file
  e->hashes  = (uint64_t*)calloc(e->file_count, sizeof(*e->hashes));
  e->heldout = (bool*)calloc(e->file_count, sizeof(*e->heldout));
  if (!e->hashes || !e->heldout) {
    return mn_fail_memory();
  }
  status = read_folders(e);
  if (status == MN_EXIT_GOOD) {
    split(e);
    status = write_corpus(e);
  }
  return status;
}

static int
run(MnOptions const* const options)
{
  if (!options->output) {
    return mn_fail(MN_EXIT_BAD_INPUT, "extract: no -o NAME given");
  }
  Extraction* const e = (Extraction*)calloc(1, sizeof(*e));
  if (e) {
    e->options  = options;
    e->progress = mn_progress_line();
    // Each file is shown.
    e->progress.interval = 0;
    e->folder_count      = options->corpus_count;
    e->folders           = (Folder*)calloc(e->folder_count, sizeof(Folder));
  }
  int const status = e && e->folders ? extract(e) : mn_fail_memory();
  for (size_t i = 0; e && e->folders && i < e->folder_count; ++i) {
    mn_filelist_free(&e->folders[i].files);
  }
  if (e) {
    mn_melcorp_writer_free(&e->writer);
    free(e->folders);
    free(e->hashes);
    free(e->heldout);
    free(e);
  }
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_HELDOUT,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons extract DIR... -o NAME [OPTION]...\n"
  "\n"
  "Writes the melodies of all MIDI files (" MN_MIDI_NAMES ")\n"
  "in folders and their subfolders as a corpus to train on: NAME-train.bin.xz,\n"
  "NAME-heldout.bin.xz, and a list of the melodies for each. Every track has a melody\n"
  "on every channel but 10, by the plugin's rules, in bars of 4/4, 2/2 or pairs of\n"
  "2/4. Other metres and rests of two bars or more end a melody. The style of a file\n"
  "is the subfolder of DIR that it is in.\n"
  "\n"
  "  -o, --output NAME    the start of the names of the files\n"
  "      --heldout N      hold N percent of the files out, 0 to 50 (default: 10);\n"
  "                       files with the same melodies, in any key, stay together\n"
  "      --voice VOICE    which of the notes that start on one step to hear:\n"
  "                       highest, lowest, latest, or skyline (default): the\n"
  "                       highest, but none below a key that is still down\n"
  "      --strict         pass over files with any fault; else what is wrong is\n"
  "                       mended, with a warning\n"
  "  -h, --help           print this help\n";

MnCommand const mn_extract_command = {
  .name          = "extract",
  .help          = help,
  .options       = options,
  .operand       = "folder",
  .needs_operand = true,
  .many_operands = true,
  .letters       = ":ho:",
  .run           = run,
};
