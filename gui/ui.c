// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The LV2 user interface. It speaks with the plugin through ports alone. The host
/// calls all functions in one thread; the interface has none of its own.

#include "draw.h"
#include "interact.h"
#include "look.h"
#include "model_list.h"
#include "protocol/atoms.h"
#include "receive.h"
#include "save_midi.h"
#include "ui_ports.h"
#include "x11.h"

#include <lv2/atom/forge.h>
#include <lv2/core/lv2.h>
#include <lv2/core/lv2_util.h>
#include <lv2/log/log.h>
#include <lv2/log/logger.h>
#include <lv2/options/options.h>
#include <lv2/ui/ui.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define UI_URI MN_MONITOR_URI "#ui"

// The host's timer is not in step with the frames, so a frame may be this early.
static double const early = 0.006; // seconds

// While something is missing, the plugin is asked for it this often, in seconds.
static double const ask_interval = 1;

static char const cannot_choose[] =
  "This host opens no file dialog for a plugin. Choose a model of the menu, load a preset "
  "named Model, or set the property Model where the host shows it.";

static char const dragging[] =
  "Drop the MIDI file on a track or in a folder. Escape: it stays here";

typedef struct {
  // The host.
  LV2_URID_Map*        map;
  LV2_Log_Logger       logger;
  LV2UI_Write_Function write;
  LV2UI_Controller     controller;
  LV2UI_Resize*        resize;
  LV2UI_Touch*         touch;
  LV2UI_Request_Value* request;
  LV2_URID             event_transfer;
  LV2_Atom_Forge       forge;

  MnX11*      x11;
  MnTheme     theme;
  MnReceiver  receiver;
  MnInteract  interact;
  MnView      view;
  MnModelList models;
  unsigned    areas; ///< to redraw
  MnUiPlugin  plugin;
  bool        choosing;  ///< the host is to be asked for a model
  bool        unwritten; ///< what was dragged could not be written
  double      interval;  ///< between frames, in seconds
  double      drawn;     ///< when the last frame was
  double      asked;     ///< when the plugin was asked for everything
} Ui;

static double
now_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

// Sends a patch:Get without a property. The plugin answers with all messages.
static void
ask_for_all(Ui* const ui, double const now)
{
  LV2_Atom_Forge_Frame frame;
  union {
    LV2_Atom atom;
    uint8_t  bytes[64];
  } buffer;
  lv2_atom_forge_set_buffer(&ui->forge, buffer.bytes, sizeof(buffer));
  lv2_atom_forge_object(&ui->forge, &frame, 0, ui->receiver.uris.patch_Get);
  lv2_atom_forge_pop(&ui->forge, &frame);
  ui->receiver.incomplete = false;
  ui->asked               = now;
  ui->write(ui->controller,
            (uint32_t)mn_ui_number(ui->plugin, MN_PORT_IN),
            lv2_atom_total_size(&buffer.atom),
            ui->event_transfer,
            &buffer.atom);
}

static void
write_port(void* const handle, unsigned const port, float const value)
{
  Ui* const ui     = (Ui*)handle;
  int const number = mn_ui_number(ui->plugin, port);
  if (number >= 0) {
    ui->write(ui->controller, (uint32_t)number, sizeof(value), 0, &value);
  }
}

static void
touch_port(void* const handle, unsigned const port, bool const grabbed)
{
  Ui* const ui     = (Ui*)handle;
  int const number = mn_ui_number(ui->plugin, port);
  if (ui->touch && number >= 0) {
    ui->touch->touch(ui->touch->handle, (uint32_t)number, grabbed);
  }
}

// Sends a patch:Set of the model.
static void
set_model(Ui* const ui, char const* const path)
{
  LV2_Atom_Forge_Frame frame;
  union {
    LV2_Atom atom;
    uint8_t  bytes[PATH_MAX + 128];
  } buffer;
  MnUris const* const   u     = &ui->receiver.uris;
  LV2_Atom_Forge* const forge = &ui->forge;
  lv2_atom_forge_set_buffer(forge, buffer.bytes, sizeof(buffer));
  lv2_atom_forge_object(forge, &frame, 0, u->patch_Set);
  lv2_atom_forge_key(forge, u->patch_property);
  lv2_atom_forge_urid(forge, u->model);
  lv2_atom_forge_key(forge, u->patch_value);
  lv2_atom_forge_path(forge, path, (uint32_t)strlen(path));
  lv2_atom_forge_pop(forge, &frame);
  ui->write(ui->controller,
            (uint32_t)mn_ui_number(ui->plugin, MN_PORT_IN),
            lv2_atom_total_size(&buffer.atom),
            ui->event_transfer,
            &buffer.atom);
}

static void
choose_model(void* const handle, unsigned const item)
{
  Ui* const         ui = (Ui*)handle;
  char              buffer[PATH_MAX];
  char const* const path = mn_model_list_path(&ui->models, item, buffer);
  if (path) {
    set_model(ui, path);
  } else {
    ui->choosing = true;
  }
}

// The plugin says which file its model is of.
static void
take_path(Ui* const ui, LV2_Atom const* const atom, size_t const size)
{
  if (size < sizeof(*atom) || atom->size > size - sizeof(*atom)) {
    return;
  }
  MnUris const* const          u      = &ui->receiver.uris;
  LV2_Atom_Object const* const object = mn_atoms_object(u, atom);
  if (object && object->body.otype == u->patch_Set) {
    MnText const text = mn_atoms_model_path(u, object);
    char         path[PATH_MAX];
    if (text.length && text.length < sizeof(path)) {
      memcpy(path, text.at, text.length);
      path[text.length] = '\0';
      mn_model_list_used(&ui->models, path);
      mn_model_list_show(&ui->models, &ui->view);
    }
  }
}

static void
save(void* const handle)
{
  char path[PATH_MAX];
  mn_save_midi(&((Ui*)handle)->view, path);
}

static bool
write_dragged(void* const handle, char path[PATH_MAX])
{
  Ui* const ui = (Ui*)handle;
  char      name[PATH_MAX];
  ui->areas |= 1U << MN_AREA_STATUS;
  ui->unwritten = !mn_save_midi(&ui->view, name) || !realpath(name, path);
  return !ui->unwritten;
}

static void
end_dragged(void* const handle, bool const taken)
{
  Ui* const ui = (Ui*)handle;
  ui->areas |= 1U << MN_AREA_STATUS;
  if (!taken && !ui->unwritten) {
    ui->view.notice[0] = '\0';
  }
}

static void
drag(void* const handle)
{
  Ui* const ui  = (Ui*)handle;
  ui->unwritten = false;
  if (mn_x11_drag(ui->x11, (MnDragFile){ui, write_dragged, end_dragged})) {
    snprintf(ui->view.notice, sizeof(ui->view.notice), "%s", dragging);
  }
}

// The host shows a dialog and then sets the property itself. Some hosts run their
// main loop meanwhile, in which they may call idle() or cleanup(). So idle() calls
// this last.
static void
ask_for_model(Ui* const ui)
{
  ui->choosing = false;
  LV2UI_Request_Value_Status const status =
    ui->request
      ? ui->request->request(
          ui->request->handle, ui->receiver.uris.model, ui->receiver.uris.atom_Path, NULL)
      : LV2UI_REQUEST_VALUE_ERR_UNSUPPORTED;
  if (status != LV2UI_REQUEST_VALUE_SUCCESS && status != LV2UI_REQUEST_VALUE_BUSY) {
    snprintf(ui->view.message, sizeof(ui->view.message), "%s", cannot_choose);
    ui->view.refused = false;
    ui->areas        = MN_DRAW_ALL;
  }
}

static uint32_t
pixel_of(MnColour const c)
{
  return (uint32_t)lrint(c.red * 255) << 16 | (uint32_t)lrint(c.green * 255) << 8 |
         (uint32_t)lrint(c.blue * 255);
}

static MnSize
scaled(int const width, int const height, float const scale)
{
  return (MnSize){(unsigned)lrintf((float)width * scale),
                  (unsigned)lrintf((float)height * scale)};
}

static void
cleanup(LV2UI_Handle const handle)
{
  Ui* const ui = (Ui*)handle;
  mn_interact_end(&ui->interact);
  mn_x11_close(ui->x11);
  free(ui);
}

static LV2UI_Handle
instantiate(LV2UI_Descriptor const* const   descriptor,
            char const* const               plugin_uri,
            char const* const               bundle_path,
            LV2UI_Write_Function const      write,
            LV2UI_Controller const          controller,
            LV2UI_Widget* const             widget,
            LV2_Feature const* const* const features)
{
  (void)descriptor;
  MnUiPlugin const plugin = mn_ui_plugin(plugin_uri);
  Ui* const        ui     = plugin == MN_UI_NONE ? NULL : (Ui*)calloc(1, sizeof(Ui));
  if (!ui) {
    return NULL;
  }
  void*                     parent  = NULL;
  LV2_Options_Option const* options = NULL;

  char const* const missing = lv2_features_query(features,
                                                 LV2_URID__map,
                                                 &ui->map,
                                                 true,
                                                 LV2_UI__parent,
                                                 &parent,
                                                 true,
                                                 LV2_LOG__log,
                                                 &ui->logger.log,
                                                 false,
                                                 LV2_UI__resize,
                                                 &ui->resize,
                                                 false,
                                                 LV2_UI__touch,
                                                 &ui->touch,
                                                 false,
                                                 LV2_UI__requestValue,
                                                 &ui->request,
                                                 false,
                                                 LV2_OPTIONS__options,
                                                 &options,
                                                 false,
                                                 NULL);
  lv2_log_logger_set_map(&ui->logger, ui->map);
  if (missing) {
    lv2_log_error(&ui->logger, "music-neurons: the host lacks <%s>\n", missing);
    free(ui);
    return NULL;
  }
  MnLook const look = mn_look_read(ui->map, options);
  mn_theme_init(&ui->theme,
                look.has_background ? &look.background : NULL,
                look.has_foreground ? &look.foreground : NULL);
  mn_view_init(&ui->view);
  mn_receiver_init(&ui->receiver, ui->map);
  mn_interact_init(&ui->interact,
                   &ui->view,
                   (MnActions){ui, write_port, touch_port, choose_model, save, drag});
  mn_model_list_init(&ui->models, bundle_path);
  mn_model_list_show(&ui->models, &ui->view);
  ui->plugin       = plugin;
  ui->view.sibling = plugin == MN_UI_CV;
  ui->view.player  = plugin == MN_UI_PLAYER;
  ui->view.scale   = look.scale;
  lv2_atom_forge_init(&ui->forge, ui->map);
  ui->event_transfer = ui->map->map(ui->map->handle, LV2_ATOM__eventTransfer);
  ui->write          = write;
  ui->controller     = controller;
  ui->interval       = 1 / (double)look.rate;

  char const*  why  = NULL;
  MnSize const size = scaled(MN_WINDOW_WIDTH, MN_WINDOW_HEIGHT, look.scale);
  ui->x11           = mn_x11_open((uint32_t)(uintptr_t)parent,
                        size,
                        scaled(MN_WINDOW_LEAST_WIDTH, MN_WINDOW_LEAST_HEIGHT, look.scale),
                        pixel_of(ui->theme.ground),
                        &why);
  if (!ui->x11) {
    lv2_log_error(&ui->logger, "music-neurons: no window: %s\n", why);
    free(ui);
    return NULL;
  }
  *widget = (LV2UI_Widget)(uintptr_t)mn_x11_window(ui->x11);
  if (ui->resize) {
    ui->resize->ui_resize(ui->resize->handle, (int)size.width, (int)size.height);
  }
  ask_for_all(ui, now_seconds());
  return ui;
}

static void
port_event(LV2UI_Handle const handle,
           uint32_t const     number,
           uint32_t const     size,
           uint32_t const     format,
           void const* const  buffer)
{
  Ui* const ui   = (Ui*)handle;
  int const port = mn_ui_port(ui->plugin, number);
  if (port < 0) {
    return;
  }
  if (format == ui->event_transfer && port == MN_PORT_OUT) {
    take_path(ui, (LV2_Atom const*)buffer, size);
    ui->areas |= mn_receive(&ui->receiver, &ui->view, buffer, size, now_seconds());
  } else if (format == 0 && size == sizeof(float) &&
             !mn_interact_holds(&ui->interact, (unsigned)port)) {
    float value;
    memcpy(&value, buffer, sizeof(value));
    ui->areas |= mn_receive_value(&ui->view, (unsigned)port, value);
  }
}

static void
take_input(Ui* const ui)
{
  for (MnInput input; mn_x11_next(ui->x11, &input);) {
    MnSize const size = mn_x11_size(ui->x11);
    mn_interact_resize(&ui->interact, size.width, size.height);
    if (input.kind == MN_INPUT_PRESS) {
      mn_x11_take_keyboard(ui->x11);
    }
    MnInputResult const result = mn_interact_input(&ui->interact, &input);
    if (result == MN_INPUT_PASSED) {
      mn_x11_pass_key(ui->x11);
    }
    if (result == MN_INPUT_LEFT ||
        (result == MN_INPUT_PASSED && input.key == MN_KEY_ESCAPE)) {
      mn_x11_give_keyboard(ui->x11);
    }
  }
}

static void
draw(Ui* const ui)
{
  cairo_surface_t* const picture = mn_x11_picture(ui->x11);
  MnSize const           size    = mn_x11_size(ui->x11);
  if (!picture) {
    return;
  }
  cairo_t* const cr = cairo_create(picture);
  mn_draw_part(cr, &ui->view, &ui->theme, size.width, size.height, ui->areas);
  cairo_destroy(cr);

  MnLayout layout;
  mn_layout_init(&layout, &ui->view, size.width, size.height);
  for (unsigned i = 0; i < MN_AREAS; ++i) {
    if (ui->areas >> i & 1) {
      mn_x11_show(ui->x11, layout.area[i]);
    }
  }
  ui->areas = 0;
}

static int
idle(LV2UI_Handle const handle)
{
  Ui* const    ui  = (Ui*)handle;
  double const now = now_seconds();
  take_input(ui);
  mn_interact_tick(&ui->interact, now);
  if (mn_x11_is_gone(ui->x11)) {
    return 1;
  }
  bool const told = ui->receiver.has_model && !ui->receiver.incomplete;
  if (!told && now - ui->asked > ask_interval) {
    ask_for_all(ui, now);
  }
  if (now - ui->drawn >= ui->interval - early && mn_x11_is_visible(ui->x11)) {
    ui->areas |= mn_interact_take_areas(&ui->interact) |
                 mn_receive_advance(&ui->receiver, &ui->view, now);
    if (mn_x11_take_resized(ui->x11)) {
      ui->areas = MN_DRAW_ALL;
    }
    if (ui->areas) {
      draw(ui);
      ui->drawn = now;
    }
  }
  mn_x11_flush(ui->x11);
  char trouble[96];
  if (mn_x11_trouble(ui->x11, trouble, sizeof(trouble))) {
    lv2_log_error(&ui->logger, "music-neurons: %s\n", trouble);
  }
  if (ui->choosing) {
    ask_for_model(ui);
  }
  return 0;
}

static int
set_size(LV2UI_Feature_Handle const handle, int const width, int const height)
{
  Ui* const ui = (Ui*)handle;
  if (width < 1 || height < 1) {
    return 1;
  }
  mn_x11_resize(ui->x11, (MnSize){(unsigned)width, (unsigned)height});
  mn_x11_flush(ui->x11);
  return 0;
}

static void const*
extension_data(char const* const uri)
{
  static LV2UI_Idle_Interface const idle_interface = {idle};
  static LV2UI_Resize const         resize         = {NULL, set_size};
  return !strcmp(uri, LV2_UI__idleInterface) ? (void const*)&idle_interface
         : !strcmp(uri, LV2_UI__resize)      ? (void const*)&resize
                                             : NULL;
}

static LV2UI_Descriptor const descriptor = {UI_URI,
                                            instantiate,
                                            cleanup,
                                            port_event,
                                            extension_data};

LV2_SYMBOL_EXPORT LV2UI_Descriptor const*
lv2ui_descriptor(uint32_t const index)
{
  return index == 0 ? &descriptor : NULL;
}
