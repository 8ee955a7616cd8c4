// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the files of the host's window share.

#ifndef MN_UI_WINDOW_H
#define MN_UI_WINDOW_H

#include "ui_host.h"

#include <lv2/options/options.h>
#include <lv2/ui/ui.h>

// After the other headers: Xlib defines names that they use, and one of ours.
#define Window XWindow
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#undef Window

struct Window {
  Host*                       host;
  Display*                    display;
  XWindow                     parent;
  XWindow                     child;
  void*                       library;
  LV2UI_Descriptor const*     descriptor;
  LV2UI_Idle_Interface const* idle;
  LV2UI_Handle                ui;
  LV2_URID                    event_transfer;
  WindowAsked                 asked;
  double                      cpu_seconds;
  LV2UI_Resize                resize;
  LV2UI_Touch                 touch;
  LV2UI_Request_Value         request;
  LV2_Options_Option          options[4];
};

/// Ends the program with a message.
_Noreturn void
window_die(char const* what);

#endif // MN_UI_WINDOW_H
