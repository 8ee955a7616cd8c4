// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A project of a host that keeps a plugin's state by itself, without lilv, as Carla does:
/// - The size of a string or path leaves out the 0 at its end.
/// - A key that was once saved stays, with its old value, when the plugin no longer saves it.
/// - Until the project is saved, paths lead through a temporary folder, by symbolic links.

#ifndef MN_HOST_PROJECT_H
#define MN_HOST_PROJECT_H

#include "host.h"

typedef struct Project Project;

/// A new project, not yet saved. `folder` is where its temporary folder goes. Free it with
/// project_free().
Project*
project_new(char const* folder);

void
project_free(Project* project);

/// Takes an instance's state, and drops the temporary folder: the project is saved.
void
project_save(Project* project, Host* host);

/// Gives an instance the state, as when a project is opened, or a preset is loaded.
void
project_restore(Project* project, Host* host);

/// Sets the value of a key, as a preset does; `type` is the URI of atom:Path or another.
void
project_set(Project*    project,
            char const* key,
            char const* type,
            void const* value,
            size_t      size);

/// The value of a key as text, or NULL if it has none.
char const*
project_text(Project const* project, char const* key);

#endif // MN_HOST_PROJECT_H
