// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ui_window.h"

#include "protocol/ports.h"
#include "protocol/protocol.h"

#include <dlfcn.h>
#include <lv2/atom/util.h>
#include <lv2/patch/patch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char const ui_uri[] = MN_MONITOR_URI "#ui";

enum {
  FRAME_US       = 34000, // after this long a window draws what has changed
  SETTLE_SECONDS = 15,
};

_Noreturn void
window_die(char const* const what)
{
  fprintf(stderr, "window: %s\n", what);
  exit(EXIT_FAILURE);
}

static int
on_error(Display* const display, XErrorEvent* const error)
{
  (void)display;
  fprintf(stderr, "X error %d of request %d\n", error->error_code, error->request_code);
  exit(EXIT_FAILURE);
}

static double
seconds_of(clockid_t const clock)
{
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double
cpu_now(void)
{
  return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

// Bytes that this thread has written to files and sockets.
static size_t
bytes_written(void)
{
  FILE* const file  = fopen("/proc/thread-self/io", "r");
  size_t      bytes = 0;
  char        line[128];
  bool        found = false;
  while (file && fgets(line, sizeof(line), file)) {
    found = found || sscanf(line, "wchar: %zu", &bytes) == 1;
  }
  if (!found) {
    window_die("the system does not say what a thread writes");
  }
  fclose(file);
  return bytes;
}

static void
on_write(LV2UI_Controller const controller,
         uint32_t const         port,
         uint32_t const         size,
         uint32_t const         protocol,
         void const* const      buffer)
{
  Window* const w = (Window*)controller;
  if (protocol == 0 && size == sizeof(float) && port >= MN_PORT_FIRST_CONTROL &&
      port < lilv_plugin_get_num_ports(host_plugin(w->host))) {
    memcpy(&w->asked.last_value, buffer, size);
    w->asked.last_port = port;
    ++w->asked.writes;
    *host_control(w->host, port) = w->asked.last_value;
  } else if (protocol == w->event_transfer && port == MN_PORT_IN) {
    LV2_URID_Map* const map = host_map(w->host);
    LV2_URID const      get = map->map(map->handle, LV2_PATCH__Get);
    w->asked.asks += ((LV2_Atom_Object const*)buffer)->body.otype == get;
    host_send(w->host, 0, (LV2_Atom const*)buffer);
  } else {
    window_die("a write to no port, or of no protocol");
  }
}

static int
on_resize(LV2UI_Feature_Handle const handle, int const width, int const height)
{
  Window* const w         = (Window*)handle;
  w->asked.resized_width  = width;
  w->asked.resized_height = height;
  return 0;
}

static void
on_touch(LV2UI_Feature_Handle const handle, uint32_t const port, bool const grabbed)
{
  Window* const w  = (Window*)handle;
  w->asked.touched = port;
  *(grabbed ? &w->asked.grabs : &w->asked.releases) += 1;
}

static LV2UI_Request_Value_Status
on_request(LV2UI_Feature_Handle const      handle,
           LV2_URID const                  key,
           LV2_URID const                  type,
           LV2_Feature const* const* const features)
{
  (void)features;
  Window* const       w   = (Window*)handle;
  LV2_URID_Map* const map = host_map(w->host);
  if (key != map->map(map->handle, MN_MODEL_URI)) {
    return LV2UI_REQUEST_VALUE_ERR_UNKNOWN;
  }
  // Carla does not look for a parameter's type in the plugin's data.
  if (type != map->map(map->handle, LV2_ATOM__Path)) {
    return LV2UI_REQUEST_VALUE_ERR_UNSUPPORTED;
  }
  ++w->asked.requests;
  return LV2UI_REQUEST_VALUE_SUCCESS;
}

static LV2UI_Descriptor const*
load(Window* const w, char* const folder, size_t const size)
{
  LilvWorld* const    world = host_world(w->host);
  LilvUIs* const      uis   = lilv_plugin_get_uis(host_plugin(w->host));
  LilvNode* const     uri   = lilv_new_uri(world, ui_uri);
  LilvNode* const     x11   = lilv_new_uri(world, LV2_UI__X11UI);
  LilvUI const* const ui    = lilv_uis_get_by_uri(uis, uri);
  if (!ui || !lilv_ui_is_a(ui, x11)) {
    window_die("the bundle holds no X11UI");
  }
  char* const binary =
    lilv_file_uri_parse(lilv_node_as_uri(lilv_ui_get_binary_uri(ui)), NULL);
  char* const bundle =
    lilv_file_uri_parse(lilv_node_as_uri(lilv_ui_get_bundle_uri(ui)), NULL);
  snprintf(folder, size, "%s", bundle);
  w->library = dlopen(binary, RTLD_NOW | RTLD_LOCAL);
  if (!w->library) {
    window_die(dlerror());
  }
  lilv_free(bundle);
  lilv_free(binary);
  lilv_node_free(x11);
  lilv_node_free(uri);
  lilv_uis_free(uis);

  LV2UI_DescriptorFunction get    = NULL;
  void* const              symbol = dlsym(w->library, "lv2ui_descriptor");
  memcpy(&get, &symbol, sizeof(get)); // as POSIX has it
  LV2UI_Descriptor const* found = NULL;
  for (uint32_t i = 0; get && (found = get(i)) && strcmp(found->URI, ui_uri); ++i) {
  }
  return found ? found : (window_die("no such descriptor"), NULL);
}

static void
add_option(Window* const     w,
           unsigned* const   count,
           char const* const key,
           char const* const type,
           void const* const value)
{
  LV2_URID_Map* const map = host_map(w->host);
  w->options[(*count)++]  = (LV2_Options_Option){LV2_OPTIONS_INSTANCE,
                                                 0,
                                                 map->map(map->handle, key),
                                                 sizeof(float),
                                                 map->map(map->handle, type),
                                                 value};
}

static void
make_ui(Window* const w, WindowOffer const* const offer)
{
  LV2_URID_Map* const map = host_map(w->host);
  char                folder[4096];
  unsigned            options = 0;
  w->event_transfer           = map->map(map->handle, LV2_ATOM__eventTransfer);
  w->resize                   = (LV2UI_Resize){w, on_resize};
  w->touch                    = (LV2UI_Touch){w, on_touch};
  w->request                  = (LV2UI_Request_Value){w, on_request};
  if (offer->scale > 0) {
    add_option(w, &options, LV2_UI__scaleFactor, LV2_ATOM__Float, &offer->scale);
  }
  if (offer->background) {
    add_option(w, &options, LV2_UI__backgroundColor, LV2_ATOM__Int, offer->background);
  }
  if (offer->foreground) {
    add_option(w, &options, LV2_UI__foregroundColor, LV2_ATOM__Int, offer->foreground);
  }
  LV2_Feature const features[] = {
    {LV2_URID__map, map},
    {LV2_UI__parent, (void*)(uintptr_t)w->parent},
    {LV2_OPTIONS__options, w->options},
    {LV2_UI__resize, &w->resize},
    {LV2_UI__touch, &w->touch},
    {LV2_UI__requestValue, &w->request},
  };
  LV2_Feature const* list[8] = {host_log_feature(w->host)};
  unsigned           count   = 1;
  for (unsigned i = 0; i < sizeof(features) / sizeof(*features); ++i) {
    bool const left_out = (i == 4 && !offer->touches) || (i == 5 && !offer->chooses);
    if (!left_out) {
      list[count++] = &features[i];
    }
  }
  w->descriptor            = load(w, folder, sizeof(folder));
  LV2UI_Widget      widget = NULL;
  double const      start  = cpu_now();
  char const* const plugin = lilv_node_as_uri(lilv_plugin_get_uri(host_plugin(w->host)));
  w->ui =
    w->descriptor->instantiate(w->descriptor, plugin, folder, on_write, w, &widget, list);
  w->cpu_seconds += cpu_now() - start;
  if (!w->ui) {
    window_die("the user interface refuses to be instantiated");
  }
  w->child = (XWindow)(uintptr_t)widget;
  w->idle =
    (LV2UI_Idle_Interface const*)w->descriptor->extension_data(LV2_UI__idleInterface);
}

Window*
window_new(Host* const host, WindowOffer const* const offer)
{
  Window* const w = (Window*)calloc(1, sizeof(Window));
  w->host         = host;
  w->display      = XOpenDisplay(NULL);
  if (!w->display) {
    window_die("no display");
  }
  XSetErrorHandler(on_error);
  w->parent = XCreateSimpleWindow(
    w->display, DefaultRootWindow(w->display), 0, 0, 10, 10, 0, 0, 0xFFFFFF);
  XMapWindow(w->display, w->parent);
  XSync(w->display, False);
  make_ui(w, offer);

  // The host's window takes the size that the hints ask for, as with suil.
  int width  = 0;
  int height = 0;
  window_size(w, &width, &height);
  window_resize_parent(w, width, height);
  return w;
}

static void
close_host(Window* const w)
{
  XSync(w->display, False);
  XCloseDisplay(w->display);
  dlclose(w->library);
  free(w);
}

void
window_free(Window* const w)
{
  w->descriptor->cleanup(w->ui);
  XDestroyWindow(w->display, w->parent);
  close_host(w);
}

void
window_free_parent_first(Window* const w)
{
  XDestroyWindow(w->display, w->parent);
  XSync(w->display, False);
  w->descriptor->cleanup(w->ui);
  close_host(w);
}

WindowAsked const*
window_asked(Window const* const w)
{
  return &w->asked;
}

// Before the server answers the second request, it has served all earlier requests of all
// clients and sent them their events.
static void
sync_all(Window* const w)
{
  XSync(w->display, False);
  XSync(w->display, False);
}

int
window_idle(Window* const w)
{
  sync_all(w);
  double const start  = cpu_now();
  int const    status = w->idle->idle(w->ui);
  w->cpu_seconds += cpu_now() - start;
  return status;
}

size_t
window_idle_bytes(Window* const w)
{
  sync_all(w);
  size_t const before = bytes_written();
  w->idle->idle(w->ui);
  return bytes_written() - before;
}

void
window_tell(Window* const w, void const* const atom, uint32_t const size)
{
  double const start = cpu_now();
  w->descriptor->port_event(w->ui, MN_PORT_OUT, size, w->event_transfer, atom);
  w->cpu_seconds += cpu_now() - start;
}

int
window_run(Window* const w, uint32_t const frames)
{
  host_run(w->host, frames);
  LV2_ATOM_SEQUENCE_FOREACH(host_notify(w->host), event)
  {
    window_tell(w, &event->body, lv2_atom_total_size(&event->body));
  }
  return window_idle(w);
}

void
window_settle(Window* const w)
{
  double const end = seconds_of(CLOCK_MONOTONIC) + SETTLE_SECONDS;
  do {
    if (seconds_of(CLOCK_MONOTONIC) > end) {
      window_die("the user interface never stops drawing");
    }
    usleep(FRAME_US);
  } while (window_idle_bytes(w) > 0);
  sync_all(w);
}

void
window_set(Window* const w, char const* const symbol, float const value)
{
  host_set(w->host, symbol, value);
  LilvWorld* const world = host_world(w->host);
  LilvNode* const  node  = lilv_new_string(world, symbol);
  uint32_t const   port  = lilv_port_get_index(
    host_plugin(w->host), lilv_plugin_get_port_by_symbol(host_plugin(w->host), node));
  lilv_node_free(node);
  w->descriptor->port_event(w->ui, port, sizeof(value), 0, &value);
}

void
window_tell_value(Window* const w, uint32_t const port)
{
  w->descriptor->port_event(w->ui, port, sizeof(float), 0, host_control(w->host, port));
}

double
window_cpu_seconds(Window const* const w)
{
  return w->cpu_seconds;
}
