# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC

# make            the bundle build/music-neurons.lv2 and the program build/music-neurons
# make install    DESTDIR, PREFIX and LV2DIR say where; with ARDOUR_SCRIPTS, its script too
# make uninstall  removes what make install with the same folders installs
# make deps       installs the Debian packages that building needs; deps-check: the tests' too
# make dist       build/music-neurons-VERSION.tar.gz of what is committed
# make deb        packages for Debian of that: build/deb/*.deb
# make clean      removes the build folder
# Demo, tests and measurements: tests/rules.mk.

VERSION = 0.2.0

# The commit: in a tarball what git wrote there, in a clone what git says, else nothing.
REVISION = $(shell grep -oE '^[0-9a-f]{10}' engine/cli/commit.txt || \
             { [ -e .git ] && git describe --always --abbrev=10 --dirty 2>/dev/null; })

PREFIX  ?= /usr/local
LV2DIR  ?= $(PREFIX)/lib/lv2
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
METADIR ?= $(PREFIX)/share/metainfo
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
DATADIR  = $(PREFIX)/share/music-neurons
DESTDIR ?=

B      = build
BUNDLE = $(B)/music-neurons.lv2

# Tools and flags.

CC         ?= cc
PKG_CONFIG ?= pkg-config
CFLAGS     ?= -O2 -g
WARNINGS    = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
              -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wvla -Wundef
ifdef CI
  WARNINGS += -Werror
endif

# Floating point must not be contracted: results are the same on every machine.
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -ffp-contract=off -MMD -MP \
             -Iengine $(WARNINGS) $(CPPFLAGS) $(CFLAGS)

# Of modules of pkg-config. Where one is missing, the rule packages says so.
flags = $(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null)
libs  = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)

# The machine that is compiled for.
ARCH := $(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)

# What building needs: each module of pkg-config, with Debian's package. The demo needs lilv.
NEEDS   = lv2=lv2-dev jansson=libjansson-dev smf=libsmf-dev liblzma=liblzma-dev \
          lapacke=liblapacke-dev serd-0=libserd-dev cairo=libcairo2-dev xcb=libxcb1-dev
MODULES = $(foreach need,$(NEEDS),$(firstword $(subst =, ,$(need))))
BUILD_DEBS = gcc libc6-dev pkg-config $(foreach need,$(NEEDS),$(lastword $(subst =, ,$(need)))) liblilv-dev

# Sources and what is made of them.

KERNELS_x86_64  = $(addprefix engine/encoder/kernel_,sse41.c avx2.c avxvnni.c avx512.c)
KERNELS_aarch64 = $(addprefix engine/encoder/kernel_,neon.c neon_gates.c neon_dot.c)
ENGINE_DIRS     = base notes model encoder decoder long readout checkpoint study
ENGINE_SRC = $(filter-out $(KERNELS_x86_64) $(KERNELS_aarch64),$(wildcard $(ENGINE_DIRS:%=engine/%/*.c))) \
             $(KERNELS_$(ARCH))
PLUGIN_SRC = $(wildcard plugin/*.c plugin/protocol/*.c player/*.c)
# The window: what needs a display, and the rest, which the program and the tests draw too.
UI_SRC     = $(addprefix gui/,ui.c ui_ports.c x11.c drag.c focus.c keyboard.c look.c picture.c xdnd.c)
DRAW_SRC   = $(filter-out $(UI_SRC),$(wildcard gui/*.c)) $(wildcard plugin/protocol/*.c) player/player_ports.c
CLI_SRC    = $(wildcard engine/cli/*.c engine/cli/*/*.c)
CLI_MODULES = smf jansson liblzma lapacke serd-0 cairo
MODELS     = $(wildcard engine/models/*.safetensors)
PRESETS    = $(wildcard presets/*.ttl)

objects    = $(patsubst %.c,$(B)/obj/%.o,$(1))
METAINFO   = $(wildcard plugin/*.metainfo.xml engine/cli/*.metainfo.xml)
REPORT     = $(patsubst engine/study/%,$(B)/share/music-neurons/%,$(wildcard engine/study/report*.py))
BUNDLE_ALL = $(BUNDLE)/music-neurons.so $(BUNDLE)/ui.so \
             $(patsubst %,$(BUNDLE)/%.ttl,manifest monitor cv player ui) \
             $(patsubst presets/%,$(BUNDLE)/preset-%,$(PRESETS)) \
             $(patsubst engine/models/%,$(BUNDLE)/%,$(MODELS))

all: $(BUNDLE_ALL) $(B)/music-neurons $(REPORT)

# What all objects depend on.

# Says which packages are missing before a compiler does. It asks for --libs, since --exists
# also asks for what only static linking needs.
packages:
	@missing=; \
	if ! command -v $(firstword $(CC)) >/dev/null; then missing="gcc libc6-dev"; \
	elif ! echo '#include <stdlib.h>' | $(CC) -E - >/dev/null 2>&1; then missing=libc6-dev; fi; \
	command -v $(PKG_CONFIG) >/dev/null || missing="$$missing pkg-config"; \
	$(PKG_CONFIG) --libs $(MODULES) >/dev/null 2>&1 || for need in $(NEEDS); do \
	  $(PKG_CONFIG) --libs $${need%=*} >/dev/null 2>&1 || missing="$$missing $${need#*=}"; \
	done; \
	[ -z "$$missing" ] || { echo "Missing (Debian packages; make deps installs them):" $$missing; exit 1; }

# Each file here is written when what it holds changes, and only then: so new flags make new
# objects. -Werror is not in it, for it changes no object.
$(B)/flags/build: TEXT = $(CC) $(filter-out -Werror,$(ALL_CFLAGS)) $(KERNEL_CFLAGS) $(LDFLAGS) \
                         $(call flags,$(MODULES)) $(call libs,$(MODULES))
$(B)/flags/version: TEXT = $(VERSION)$(patsubst %, (%),$(REVISION))
$(B)/flags/lv2dir: TEXT = $(LV2DIR)
$(addprefix $(B)/flags/,build version lv2dir): packages always
	@mkdir -p $(@D)
	@text='$(subst ','\'',$(TEXT))'; echo "$$text" | cmp -s - $@ || echo "$$text" >$@

define compile
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(FLAGS) $(DEFINES) -c $< -o $@
endef

$(B)/obj/%.o: %.c Makefile $(B)/flags/build
	$(compile)

# The engine. Each vector kernel is compiled for its instruction set, and chosen at run time.
# KERNEL_CFLAGS come last: tests/sanitize leaves kernels out with them.

FLAGS_kernel_sse41    = -msse4.1
FLAGS_kernel_avx2     = -mavx2
FLAGS_kernel_avxvnni  = -mavx2 -mavxvnni
FLAGS_kernel_avx512   = -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mprefer-vector-width=512
FLAGS_kernel_neon_dot = -march=armv8.2-a+dotprod
$(B)/obj/engine/encoder/kernel_%.o: FLAGS = -O3 $(FLAGS_$(*F)) $(KERNEL_CFLAGS)
$(B)/obj/engine/decoder/%.o: FLAGS = -O3
$(B)/obj/engine/long/%.o: FLAGS = -O3
$(B)/obj/engine/readout/%.o: FLAGS = -O3
$(B)/obj/engine/notes/surprise.o: FLAGS = -O3
$(B)/obj/engine/model/%.o: FLAGS = $(call flags,jansson)
$(B)/obj/engine/checkpoint/%.o: FLAGS = $(call flags,jansson)
$(B)/obj/engine/study/%.o: FLAGS = $(call flags,jansson)
$(B)/obj/engine/checkpoint/rounding.o: FLAGS = -O3
$(B)/obj/engine/study/moments.o: FLAGS = -O3
$(B)/obj/engine/study/bends.o: FLAGS = -O3
$(B)/obj/engine/study/score_directions.o $(B)/obj/engine/study/score_weights.o: FLAGS = $(call flags,lapacke)

# A library is made anew: what is no longer part of it must not stay.
define archive
	rm -f $@
	$(AR) rcs $@ $^
endef

$(B)/libengine.a: $(call objects,$(ENGINE_SRC))
	$(archive)

# The bundle: the plugin, its window, their data and the models.

$(B)/obj/plugin/%.o: FLAGS = -O3 $(call flags,lv2)
$(B)/obj/player/%.o: FLAGS = -O3 $(call flags,lv2) -Iplugin
$(B)/obj/gui/%.o: FLAGS = $(call flags,cairo xcb lv2) -Iplugin -Iplayer

SHARED = -shared -Wl,--no-undefined -Wl,--exclude-libs,ALL

$(BUNDLE)/music-neurons.so: $(call objects,$(PLUGIN_SRC)) $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(SHARED) $(LDFLAGS) -o $@ $^ $(call libs,jansson) -lm -pthread

$(B)/libdraw.a: $(call objects,$(DRAW_SRC))
	$(archive)

# Never unloaded: the libraries that it alone needs keep memory that they never free.
$(BUNDLE)/ui.so: $(call objects,$(UI_SRC)) $(B)/libdraw.a $(B)/libengine.a
	@mkdir -p $(@D)
	$(CC) $(SHARED) -Wl,-z,nodelete $(LDFLAGS) -o $@ $^ $(call libs,cairo xcb) -lm

PORT_TABLE   = plugin/protocol/port_table.def
PLAYER_TABLE = player/player_port_table.def
$(BUNDLE)/%.ttl: ttl/%.ttl.in ttl/fill.awk $(PORT_TABLE) $(wildcard ttl/*.ttl.part)
	@mkdir -p $(@D)
	awk -v lib_ext=.so -f ttl/fill.awk $(PORT_TABLE) $< >$@

$(BUNDLE)/player.ttl: ttl/player.ttl.in ttl/fill.awk $(PLAYER_TABLE) $(wildcard ttl/*.ttl.part)
	@mkdir -p $(@D)
	awk -v lib_ext=.so -f ttl/fill.awk $(PLAYER_TABLE) $< >$@

$(BUNDLE)/manifest.ttl: ttl/manifest.ttl.in ttl/fill.awk $(PORT_TABLE) presets/manifest.awk $(PRESETS)
	@mkdir -p $(@D)
	awk -v lib_ext=.so -f ttl/fill.awk $(PORT_TABLE) $< >$@
	awk -f presets/manifest.awk $(PRESETS) >>$@

PLUGIN_TTL = $(addprefix $(BUNDLE)/,monitor.ttl cv.ttl player.ttl)
$(BUNDLE)/preset-%.ttl: presets/%.ttl presets/fill.awk $(PLUGIN_TTL)
	awk -f presets/fill.awk $(PLUGIN_TTL) $< >$@

$(BUNDLE)/%.safetensors: engine/models/%.safetensors
	@mkdir -p $(@D)
	cp $< $@

# The program, which holds the plugin for `render`, and the scripts that make the report of a study.

$(B)/obj/engine/cli/%.o: FLAGS = $(call flags,smf jansson liblzma serd-0 cairo lv2) -Iengine/cli -Igui -Iplugin -Iplayer
$(B)/obj/engine/cli/main.o: DEFINES = -DMN_VERSION='"$(shell cat $(B)/flags/version)"'
$(B)/obj/engine/cli/main.o: $(B)/flags/version
$(B)/obj/engine/cli/bundle.o: DEFINES = -DMN_LV2DIR='"$(LV2DIR)"'
$(B)/obj/engine/cli/bundle.o: $(B)/flags/lv2dir

$(B)/music-neurons: $(call objects,$(CLI_SRC) $(PLUGIN_SRC)) $(B)/libdraw.a $(B)/libengine.a
	$(CC) $(LDFLAGS) -o $@ $^ $(call libs,$(CLI_MODULES)) -lm -pthread

$(B)/share/music-neurons/%.py: engine/study/%.py
	@mkdir -p $(@D)
	cp $< $@

install: all
	install -d $(DESTDIR)$(LV2DIR)/music-neurons.lv2 $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(METADIR) $(DESTDIR)$(DATADIR) \
	  $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR)
	install -m 755 $(BUNDLE)/music-neurons.so $(BUNDLE)/ui.so $(DESTDIR)$(LV2DIR)/music-neurons.lv2/
	install -m 644 $(BUNDLE)/*.ttl $(BUNDLE)/*.safetensors $(DESTDIR)$(LV2DIR)/music-neurons.lv2/
	install -m 755 $(B)/music-neurons $(DESTDIR)$(BINDIR)/
	install -m 644 engine/cli/music-neurons.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 $(METAINFO) $(DESTDIR)$(METADIR)/
	install -m 644 engine/cli/completion/music-neurons.bash $(DESTDIR)$(BASHDIR)/music-neurons
	install -m 644 engine/cli/completion/_music-neurons $(DESTDIR)$(ZSHDIR)/
	install -m 644 $(REPORT) $(DESTDIR)$(DATADIR)/
ifdef ARDOUR_SCRIPTS
	install -d $(DESTDIR)$(ARDOUR_SCRIPTS)
	install -m 644 presets/ardour/*.lua $(DESTDIR)$(ARDOUR_SCRIPTS)/
endif

uninstall:
	rm -rf $(DESTDIR)$(LV2DIR)/music-neurons.lv2 $(DESTDIR)$(DATADIR)
	rm -f $(DESTDIR)$(BINDIR)/music-neurons $(DESTDIR)$(MANDIR)/man1/music-neurons.1
	rm -f $(addprefix $(DESTDIR)$(METADIR)/,$(notdir $(METAINFO)))
	rm -f $(DESTDIR)$(BASHDIR)/music-neurons $(DESTDIR)$(ZSHDIR)/_music-neurons
ifdef ARDOUR_SCRIPTS
	rm -f $(patsubst presets/ardour/%,$(DESTDIR)$(ARDOUR_SCRIPTS)/%,$(wildcard presets/ardour/*.lua))
endif

# COMMIT names another commit.
COMMIT = HEAD
DIST   = music-neurons-$(VERSION)
dist:
	@head -n 1 NEWS | grep -qF '($(VERSION))' || { echo "NEWS does not begin with version $(VERSION)"; exit 1; }
	@mkdir -p $(B)
	git archive --format=tar.gz --prefix=$(DIST)/ -o $(B)/$(DIST).tar.gz $(COMMIT)

# Built by the rules of debian/, with the hardening flags of Debian. lintian must find nothing.
deb: deps
	$(call install_debs,build-essential debhelper lintian)
	@$(MAKE) --no-print-directory dist
	rm -rf $(B)/deb
	mkdir -p $(B)/deb
	tar -xzf $(B)/$(DIST).tar.gz -C $(B)/deb
	cd $(B)/deb/$(DIST) && env -u CI -u MAKEFLAGS -u MFLAGS -u MAKELEVEL dpkg-buildpackage --build=binary --no-sign
	rm -r $(B)/deb/$(DIST)
	lintian --fail-on error,warning,info $(B)/deb/*.deb

clean:
	rm -rf $(B)

# $(call install_debs,PACKAGES): installs those that are missing, where there is apt-get.
define install_debs
	@missing=; \
	if command -v apt-get >/dev/null 2>&1; then \
	  for p in $(1); do \
	    dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; \
	  done; \
	  if [ -n "$$missing" ]; then \
	    sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    echo "Installing:$$missing"; \
	    $$sudo apt-get update -qq && \
	    $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing \
	      >$(B)-apt.log 2>&1 || { cat $(B)-apt.log; rm -f $(B)-apt.log; exit 1; }; \
	    rm -f $(B)-apt.log; \
	  fi; \
	else \
	  echo "Needed (names of Debian's packages): $(1)"; \
	fi
endef

deps:
	$(call install_debs,$(BUILD_DEBS))

.PHONY: all packages always install uninstall dist deb clean deps

include tests/rules.mk

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
