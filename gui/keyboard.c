// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "keyboard.h"

#include <X11/keysym.h>
#include <stdlib.h>
#include <string.h>

bool
mn_keyboard_init(MnKeyboard* const keyboard, xcb_connection_t* const connection)
{
  xcb_setup_t const* const setup = xcb_get_setup(connection);
  unsigned const           count = (unsigned)setup->max_keycode - setup->min_keycode + 1;
  xcb_get_keyboard_mapping_reply_t* const reply = xcb_get_keyboard_mapping_reply(
    connection,
    xcb_get_keyboard_mapping(connection, setup->min_keycode, (uint8_t)count),
    NULL);
  if (!reply) {
    return false;
  }
  int const length  = xcb_get_keyboard_mapping_keysyms_length(reply);
  keyboard->first   = setup->min_keycode;
  keyboard->columns = reply->keysyms_per_keycode;
  keyboard->count   = length > 0 ? (unsigned)length : 0;
  keyboard->symbols = (xcb_keysym_t*)malloc((keyboard->count + 1) * sizeof(xcb_keysym_t));
  if (keyboard->symbols) {
    memcpy(keyboard->symbols,
           xcb_get_keyboard_mapping_keysyms(reply),
           keyboard->count * sizeof(xcb_keysym_t));
  }
  free(reply);
  return keyboard->symbols;
}

void
mn_keyboard_clear(MnKeyboard* const keyboard)
{
  free(keyboard->symbols);
  *keyboard = (MnKeyboard){0};
}

static MnKey
key_of(xcb_keysym_t const symbol, bool const shift)
{
  switch (symbol) {
  case XK_Tab:
  case XK_KP_Tab:
    return shift ? MN_KEY_BACK_TAB : MN_KEY_TAB;
  case XK_ISO_Left_Tab:
    return MN_KEY_BACK_TAB;
  case XK_Left:
  case XK_KP_Left:
    return MN_KEY_LEFT;
  case XK_Right:
  case XK_KP_Right:
    return MN_KEY_RIGHT;
  case XK_Up:
  case XK_KP_Up:
    return MN_KEY_UP;
  case XK_Down:
  case XK_KP_Down:
    return MN_KEY_DOWN;
  case XK_Page_Up:
  case XK_KP_Page_Up:
    return MN_KEY_PAGE_UP;
  case XK_Page_Down:
  case XK_KP_Page_Down:
    return MN_KEY_PAGE_DOWN;
  case XK_Home:
  case XK_KP_Home:
    return MN_KEY_HOME;
  case XK_End:
  case XK_KP_End:
    return MN_KEY_END;
  case XK_Return:
  case XK_KP_Enter:
    return MN_KEY_ENTER;
  case XK_space:
    return MN_KEY_SPACE;
  case XK_Delete:
  case XK_BackSpace:
    return MN_KEY_DELETE;
  case XK_Escape:
    return MN_KEY_ESCAPE;
  default:
    return MN_KEY_OTHER;
  }
}

MnKey
mn_keyboard_key(MnKeyboard const* const keyboard,
                xcb_keycode_t const     code,
                uint16_t const          state)
{
  uint16_t const commands = XCB_MOD_MASK_CONTROL | XCB_MOD_MASK_1 | XCB_MOD_MASK_4;
  unsigned const place    = code >= keyboard->first
                              ? ((unsigned)code - keyboard->first) * keyboard->columns
                              : keyboard->count;
  return place < keyboard->count && !(state & commands)
           ? key_of(keyboard->symbols[place], state & XCB_MOD_MASK_SHIFT)
           : MN_KEY_OTHER;
}
