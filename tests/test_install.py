#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs into a directory of its own, and looks at each file that should be there. Prints TAP.

Usage: test_install.py SOURCE_DIR BUILD_DIR, for a build whose prefix is the default one; the programs
are then run from where they were installed. Started by run-ui, for the window needs a display."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, 'ui'))

ID = 'org.casebridge.Casebridge'
FILES = [
    'bin/casebridge',
    'bin/casebridgectl',
    f'share/applications/{ID}.desktop',
    'share/bash-completion/completions/casebridge',
    'share/bash-completion/completions/casebridgectl',
    f'share/dbus-1/services/{ID}.service',
    f'share/glib-2.0/schemas/{ID}.gschema.xml',
    f'share/icons/hicolor/scalable/apps/{ID}.svg',
    f'share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg',
    'share/man/man1/casebridge.1',
    'share/man/man1/casebridgectl.1',
    f'share/metainfo/{ID}.metainfo.xml',
    f'share/mime/packages/{ID}.xml',
]
failures = count = 0


def check(good, what, why=''):
    global failures, count
    count += 1
    if not good:
        failures += 1
        print('# ' + str(why).strip().replace('\n', '\n# '))
    print(f'{"ok" if good else "not ok"} {count} - {what}', flush=True)


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, **options)
    return done.returncode, done.stdout + done.stderr


def read(*parts):
    with open(os.path.join(*parts), encoding='utf-8') as file:
        return file.read()


def files_below(prefix):
    return [os.path.relpath(os.path.join(directory, name), prefix)
            for directory, _, names in os.walk(prefix) for name in names]


def languages(source):
    return [line for line in read(source, 'po', 'LINGUAS').split() if not line.startswith('#')
            and os.path.exists(os.path.join(source, 'po', line + '.po'))]


def check_files(prefix, source):
    wanted = FILES + [f'share/locale/{language}/LC_MESSAGES/casebridge.mo' for language in languages(source)]
    there = files_below(prefix)
    missing = sorted(set(wanted) - set(there))
    check(not missing, 'each file is there', missing)
    # Caches belong to the whole system; a search provider is made of two files of its own.
    others = [path for path in sorted(set(there) - set(wanted))
              if not re.search(r'gschemas\.compiled$|icon-theme\.cache$|mimeinfo\.cache$|share/mime/(?!packages)|[Ss]earch', path)]
    check(not others, 'and nothing else', others)
    wrong = [path for path in there if os.stat(os.path.join(prefix, path)).st_mode & 0o022]
    check(not wrong, 'nobody but the owner can write them', wrong)


def check_contents(prefix, real_prefix):
    share = os.path.join(prefix, 'share')
    code, said = run('desktop-file-validate', f'{share}/applications/{ID}.desktop')
    check(code == 0 and not said, 'the desktop file is valid', said)
    desktop = read(share, f'applications/{ID}.desktop')
    lines = ['DBusActivatable=true', 'MimeType=application/vnd.casebridge.cases+json;', f'Icon={ID}']
    check(all(line in desktop.splitlines() for line in lines), 'it says how the window is started', desktop)
    service = read(share, f'dbus-1/services/{ID}.service')
    check(f'Name={ID}\n' in service and f'Exec={real_prefix}/bin/casebridge --gapplication-service\n' in service,
          'the D-Bus service starts the installed program', service)
    metainfo = read(share, f'metainfo/{ID}.metainfo.xml')
    parts = [f'<id>{ID}</id>', f'{ID}.desktop</launchable>', '<content_rating type="oars-1.1"', '<branding>',
             '<release version=', 'type="homepage"', '<screenshot type="default">']
    check(all(part in metainfo for part in parts), 'the metainfo has what a software centre shows', metainfo)
    schemas = tempfile.mkdtemp(dir=os.path.dirname(prefix))
    code, said = run('glib-compile-schemas', '--strict', f'--targetdir={schemas}', f'{share}/glib-2.0/schemas')
    check(code == 0, 'the settings compile', said)
    for program in ('casebridge', 'casebridgectl'):
        page = f'{share}/man/man1/{program}.1'
        code, said = run('man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', page,
                         env={**os.environ, 'MANROFFSEQ': 't', 'MANWIDTH': '80', 'MANPAGER': 'cat'})
        text = re.sub('.\b', '', said)
        check(code == 0 and 'warning:' not in said and 'NAME' in text and program in text,
              f'the page of {program} can be read', said[:600])
    return schemas


def default_for(share, name, beside):
    """What a file manager opens a file with, where an editor of any JSON is installed, too."""
    path = os.path.join(beside, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write('{"cases": []}')
    script = ('import gi, sys; gi.require_version("Gio", "2.0"); from gi.repository import Gio; '
              'kind = Gio.File.new_for_path(sys.argv[1]).query_info("standard::content-type", 0, None).get_content_type(); '
              'print(kind, Gio.AppInfo.get_default_for_type(kind, False).get_id())')
    # A program that is not in the path counts as not installed.
    environment = {**os.environ, 'XDG_DATA_DIRS': f'{share}:{beside}/share:/usr/share', 'XDG_CURRENT_DESKTOP': 'GNOME',
                   'PATH': f'{os.path.dirname(share)}/bin:{os.environ["PATH"]}'}
    return run('/usr/bin/python3', '-c', script, path, env=environment)[1].split()


def check_file_type(prefix):
    share = os.path.join(prefix, 'share')
    beside = tempfile.mkdtemp(dir=os.path.dirname(prefix))
    os.makedirs(f'{beside}/share/applications')
    with open(f'{beside}/share/applications/editor.desktop', 'w', encoding='utf-8') as file:
        file.write('[Desktop Entry]\nType=Application\nName=Editor\nExec=true %U\nMimeType=text/plain;\n')
    for command in (['update-mime-database', f'{share}/mime'], ['update-desktop-database', f'{share}/applications'],
                    ['update-desktop-database', f'{beside}/share/applications']):
        code, said = run(*command)
        check(code == 0, f'{command[0]} takes it', said)
    found = default_for(share, 'elastic.cases.json', beside)
    check(found == ['application/vnd.casebridge.cases+json', f'{ID}.desktop'], 'an export opens in Casebridge', found)
    found = default_for(share, 'package.json', beside)
    check(found == ['application/json', 'editor.desktop'], 'any other JSON file does not', found)


def complete(prefix, *words):
    script = (f'. /usr/share/bash-completion/bash_completion; '
              f'. {prefix}/share/bash-completion/completions/{words[0]}; '
              f'COMP_WORDS=({" ".join(words)} ""); COMP_CWORD={len(words)}; COMP_LINE="{" ".join(words)} "; '
              f'COMP_POINT=${{#COMP_LINE}}; _{words[0]}; echo "${{COMPREPLY[@]}}"')
    return run('bash', '--norc', '-c', script)[1].split()


def check_completion(prefix):
    found = complete(prefix, 'casebridgectl')
    check({'connector', 'case', 'push', 'outbox', 'settings'} <= set(found), 'bash completes commands', found)
    found = complete(prefix, 'casebridgectl', 'case')
    check({'new', 'list', 'import'} <= set(found), 'and what is below them', found)


def check_programs(prefix, source, schemas):
    """What is looked up in the prefix is found by the variables that name it."""
    environment = {**os.environ, 'XDG_DATA_DIRS': f'{prefix}/share:/usr/share', 'GSETTINGS_SCHEMA_DIR': schemas,
                   'PATH': f'{prefix}/bin:{os.environ["PATH"]}'}
    data = tempfile.mkdtemp(dir=os.path.dirname(prefix))
    version = re.search(r"version: '([^']*)'", read(source, 'meson.build')).group(1)
    for program in ('casebridge', 'casebridgectl'):
        code, said = run(os.path.join(prefix, 'bin', program), '--version', env=environment)
        check(code == 0 and version in said, f'{program} says its version', said)
    code, said = run('casebridgectl', '--data-dir', data, 'case', 'new', '--title', 'Installed', env=environment)
    check(code == 0, 'the installed casebridgectl makes a case', said)
    from harness import App, WindowManager
    manager = WindowManager()
    log = os.path.join(os.path.dirname(prefix), 'app.log')
    app = App([os.path.join(prefix, 'bin', 'casebridge'), '--data-dir', data], log, environment)
    try:
        app.find('label', 'Installed')
        check(True, 'the installed window shows it')
    except AssertionError as error:
        check(False, 'the installed window shows it', error)
    finally:
        app.close()
        manager.close()


def main(source, build):
    root = tempfile.mkdtemp(prefix='casebridge-install-')
    try:
        code, said = run('meson', 'install', '-C', build, '--no-rebuild', '--destdir', root,
                         env={**os.environ, 'DESTDIR': root})
        check(code == 0, 'meson install works', said)
        found = [path for path in files_below(root) if path.endswith('bin/casebridgectl')]
        real_prefix = '/' + os.path.dirname(os.path.dirname(found[0]))
        prefix = root + real_prefix
        check_files(prefix, source)
        schemas = check_contents(prefix, real_prefix)
        check_file_type(prefix)
        check_completion(prefix)
        check_programs(prefix, source, schemas)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    print(f'1..{count}')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
