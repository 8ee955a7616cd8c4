// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ui_ports.h"

#include "protocol/protocol.h"

#include <string.h>

MnUiPlugin
mn_ui_plugin(char const* const uri)
{
  return !strcmp(uri, MN_MONITOR_URI)  ? MN_UI_MONITOR
         : !strcmp(uri, MN_CV_URI)     ? MN_UI_CV
         : !strcmp(uri, MN_PLAYER_URI) ? MN_UI_PLAYER
                                       : MN_UI_NONE;
}

static int
number_of_cv(unsigned const port)
{
  return port == MN_PORT_IN     ? MN_CV_PORT_IN
         : port == MN_PORT_OUT  ? MN_CV_PORT_NOTIFY
         : port == MN_PORT_SPAN ? MN_CV_PORT_SPAN
         : port <= MN_PORT_RESET
           ? (int)(MN_CV_PORT_FIRST_CONTROL + port - MN_PORT_FIRST_CONTROL)
           : -1;
}

static int
number_of_player(unsigned const port)
{
  return port == MN_PORT_IN    ? MN_PLAYER_PORT_IN
         : port == MN_PORT_OUT ? MN_PLAYER_PORT_OUT
         : port > MN_TARGET_PLAYER && mn_target_is_port((int)port)
           ? (int)port - MN_TARGET_PLAYER
           : -1;
}

int
mn_ui_number(MnUiPlugin const plugin, unsigned const port)
{
  return plugin == MN_UI_CV       ? number_of_cv(port)
         : plugin == MN_UI_PLAYER ? number_of_player(port)
         : port < MN_PORT_COUNT   ? (int)port
                                  : -1;
}

int
mn_ui_port(MnUiPlugin const plugin, uint32_t const number)
{
  for (unsigned port = 0; port < MN_TARGETS; ++port) {
    if (mn_ui_number(plugin, port) == (int)number) {
      return (int)port;
    }
  }
  return -1;
}
