# Copyright 2026 The Music Neurons authors
# SPDX-License-Identifier: ISC
"""The completion of shells: all that the help names is offered, and what is offered is taken."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from program import PROGRAM, ProgramTest, run

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "engine" / "cli" / "completion"
BASH = """
source "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_music_neurons
printf '%s\\n' "${COMPREPLY[@]}"
"""
# What zsh's own completion would get.
ZSH = """
_describe() { print -l -- "${(@P)2}" }
_files() { print FILES }
complete_it() {
  local script=$1 CURRENT=$(($# - 1))
  local -a words=("${@[2,-1]}")
  source $script
}
complete_it "$@"
"""


class CompletionTest(ProgramTest):
    def offered(self, *words):
        return [line.split("\t")[0] for line in self.good("--complete", *words).splitlines()]

    def commands(self):
        return re.findall(r"^  (\w+) .*  \w", self.good("--help"), re.MULTILINE)

    def test_all_commands_and_options_of_the_help_are_offered(self):
        commands = self.commands()
        self.assertIn("analyze", commands)
        self.assertEqual(sorted(self.offered("")), sorted(commands))
        for command in commands:
            if command != "help":
                with self.subTest(command):
                    options = re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", self.good(command, "--help"), re.MULTILINE)
                    self.assertEqual(sorted(self.offered(command, "--")), sorted(options))

    def test_values_are_those_that_a_refusal_names(self):
        for command, option in (("analyze", "--hop"), ("analyze", "--voice"), ("analyze", "--format"),
                                ("encode", "--format"), ("analyze", "--kernel"), ("import", "--weights"),
                                ("import", "--rounding")):
            with self.subTest(option):
                refusal = run(command, option, "no-such-value", "file").stderr.decode()
                self.assertEqual(", ".join(self.offered(command, option, "")), refusal.split("not one of ")[1].strip())

    def test_words_may_be_cut_at_the_equals_sign_or_not(self):
        self.assertEqual(self.offered("analyze", "--hop", "ba"), ["bar"])
        self.assertEqual(self.offered("analyze", "--hop", "=", "ba"), ["bar"])
        self.assertEqual(self.offered("analyze", "--format", "="), ["text", "json", "csv"])
        self.assertEqual(self.offered("analyze", "--hop=ba"), ["--hop=bar"])
        self.assertEqual(self.offered("study", "--light", "=", ""), ["open", "magenta"])

    def test_where_a_file_may_stand_nothing_is_offered(self):
        for words in (["analyze", ""], ["draw", "x.mid", "-o", ""], ["import", "--corpus", ""], ["foo", ""], ["foo", "-"]):
            self.assertEqual(self.offered(*words), [])
        self.assertEqual(self.offered("info", "o"), ["open"])

    def complete_in(self, shell, arguments, script, *words):
        environment = dict(os.environ, PATH=f"{os.path.dirname(PROGRAM)}:{os.environ['PATH']}")
        name = os.path.basename(PROGRAM)
        command = [shell, *arguments, shell, SCRIPTS / script, name, *words]
        result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout.splitlines()

    def test_bash_completes(self):
        def complete(*words):
            return self.complete_in("bash", ["-c", BASH], "music-neurons.bash", *words)

        self.assertEqual(complete("ana"), ["analyze"])
        self.assertEqual(complete("analyze", "--hop", "h"), ["half-bar", "half-beat"])
        self.assertEqual(complete("analyze", "tu"), [""])

    @unittest.skipUnless(shutil.which("zsh"), "no zsh")
    def test_zsh_completes_with_what_the_help_says(self):
        def complete(*words):
            return self.complete_in("zsh", ["-fc", ZSH], "_music-neurons", *words)

        words = re.search(r"^  analyze .*?  +(.*)$", self.good("--help"), re.MULTILINE)[1]
        self.assertEqual(complete("ana"), [f"analyze:{words}"])
        self.assertEqual(complete("analyze", "--hop=h"), ["--hop=half-bar", "--hop=half-beat"])
        self.assertEqual(complete("analyze", "tu"), ["FILES"])


if __name__ == "__main__":
    unittest.main()
