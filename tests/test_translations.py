#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every string can be translated, and is, in every language.

usage: test_translations.py SOURCE_DIR
"""
import os
import re
import subprocess
import sys
import tempfile

KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3']
MARKED = re.compile(r'\b(?:_|N_|C_|NC_|g_dngettext) ?\((?:NULL, )?"|translatable="yes"|<(?:name|summary|caption)>|^Name=', re.M)


class Check:
    """TAP on stdout."""

    def __init__(self):
        self.number = self.failed = 0

    def ok(self, good, text, problems=()):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {text}")
        for problem in problems:
            print(f'# {problem}')


def read_list(source, name):
    with open(os.path.join(source, 'po', name), encoding='utf-8') as file:
        return [line.strip() for line in file if line.strip() and not line.startswith('#')]


def marked_files(source):
    for top in ('src', 'data'):
        for folder, _, names in os.walk(os.path.join(source, top)):
            for name in names:
                path = os.path.join(folder, name)
                if not name.endswith(('.c', '.h', '.ui', '.desktop.in', '.metainfo.xml.in')):
                    continue
                with open(path, encoding='utf-8') as file:
                    if MARKED.search(file.read()):
                        yield os.path.relpath(path, source)


def make_template(source, files, target):
    xgettext = ['xgettext', '--from-code=UTF-8', '--no-location', '-o', target, '-D', source]
    subprocess.run(xgettext + [f'--keyword={word}' for word in KEYWORDS] + files, check=True,
                   env=dict(os.environ, GETTEXTDATADIRS='/usr/share/gettext'), stderr=subprocess.DEVNULL)


def main():
    source = sys.argv[1]
    check = Check()
    listed = read_list(source, 'POTFILES')
    marked = sorted(marked_files(source))
    missing = [path for path in marked if path not in listed]
    check.ok(marked and not missing, f'POTFILES lists all {len(marked)} files with strings', missing)
    gone = [path for path in listed if not os.path.exists(os.path.join(source, path))]
    check.ok(not gone, 'POTFILES lists nothing that is not there', gone)
    with tempfile.TemporaryDirectory() as directory:
        template = os.path.join(directory, 'casebridge.pot')
        make_template(source, listed, template)
        for language in read_list(source, 'LINGUAS'):
            catalogue = os.path.join(source, 'po', language + '.po')
            done = subprocess.run(['msgcmp', catalogue, template], capture_output=True, text=True)
            check.ok(done.returncode == 0, f'{language} has all strings', done.stderr.splitlines()[:40])
            done = subprocess.run(['msgfmt', '--check', '-o', os.devnull, catalogue], capture_output=True, text=True)
            check.ok(done.returncode == 0, f'{language} is sound', done.stderr.splitlines()[:40])
    print(f'1..{check.number}')
    return 1 if check.failed else 0


sys.exit(main())
