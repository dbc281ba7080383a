#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real Secret Service: GNOME Keyring on a bus of its own, unlocked, locked, absent.

Binary by CASEBRIDGECTL. Prints TAP.
"""
import json
import os
import subprocess
import sys
import tempfile

BUS = '''<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><keep_umask/><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>'''
SECRET = 'correct horse, battery=staple'
count = failures = 0


def check(condition, what, details=''):
    global count, failures
    count += 1
    if not condition:
        failures += 1
        print(f'# {details}')
    print(f'{"ok" if condition else "not ok"} {count} - {what}', flush=True)


def ctl(*words, secrets=None):
    process = subprocess.run([os.environ['CASEBRIDGECTL'], '--json', *words], input=secrets, text=True,
                             capture_output=True, timeout=90)
    return process.returncode, json.loads(process.stdout)


def items():
    """The attributes of this program's items, as another program sees them."""
    found = subprocess.run(['secret-tool', 'search', '--all', 'xdg:schema', 'org.casebridge.Connector'],
                           capture_output=True, text=True)
    return found.stdout + found.stderr


def add_arguments(name):
    return ('connector', 'add', '--type', 'servicenow', '--name', name, '--url', 'http://127.0.0.1:9',
            '--set', 'username=analyst', '--secrets-stdin')


def database_bytes(data):
    return b''.join(open(os.path.join(data, name), 'rb').read() for name in os.listdir(data)
                    if os.path.isfile(os.path.join(data, name)))


def with_keyring():
    subprocess.run(['gnome-keyring-daemon', '--unlock', '--components=secrets'], input='throwaway', text=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    code, document = ctl(*add_arguments('One'), secrets=f'password={SECRET}\n')
    check(code == 0 and document.get('id'), 'a connector is added with its secret', document)
    connector = document['id']
    found = items()
    check(SECRET in found and connector in found, 'the secret is in the keyring', 'no item')
    check('analyst' not in found.replace(SECRET, ''), 'its attributes do not name the user', found)
    check(SECRET.encode() not in database_bytes(os.environ['CASEBRIDGE_DATA_DIR']),
          'the secret is not in the data directory')
    code, document = ctl('connector', 'test', 'One')
    check(code == 1 and document['error']['code'] == 'unreachable', 'it is read back for a test', document)
    code, document = ctl('connector', 'update', 'One', '--secrets-stdin', secrets='password=another\n')
    found = items()
    check(code == 0 and 'another' in found and SECRET not in found, 'new credentials replace old ones', document)
    code, document = ctl('connector', 'update', 'One', '--name', 'Renamed')
    check(code == 0 and document['connector']['has_secrets'] and 'another' in items(),
          'a secret that is not given stays', document)
    other = tempfile.mkdtemp()
    os.environ['CASEBRIDGE_DATA_DIR'], first = other, os.environ['CASEBRIDGE_DATA_DIR']
    ctl(*add_arguments('Other'), secrets='password=of another workspace\n')
    code, document = ctl('connector', 'remove', 'Other')
    check(code == 0 and 'of another workspace' not in items() and 'another' in items(),
          'a removal takes its own secret and no other workspace\'s', document)
    os.environ['CASEBRIDGE_DATA_DIR'] = first
    subprocess.run(['gdbus', 'call', '--session', '--dest', 'org.freedesktop.secrets', '--object-path',
                    '/org/freedesktop/secrets', '--method', 'org.freedesktop.Secret.Service.Lock',
                    "['/org/freedesktop/secrets/collection/login']"], stdout=subprocess.DEVNULL, check=True)
    code, document = ctl('connector', 'test', 'Renamed')
    check(code == 7 and document['error']['code'] == 'keyring-locked', 'a locked keyring is exit 7', document)
    code, document = ctl(*add_arguments('Two'), secrets='password=x\n')
    check(code == 7 and document['error']['code'] == 'keyring-locked', 'nothing can be added to it', document)
    code, document = ctl('connector', 'list')
    check([c['name'] for c in document['connectors']] == ['Renamed'], 'and nothing is half-written', document)


def without_keyring():
    code, document = ctl(*add_arguments('One'), secrets='password=x\n')
    check(code == 7 and document['error']['code'] == 'keyring-missing', 'no keyring is exit 7', document)
    code, document = ctl('connector', 'list')
    check(code == 0 and document['connectors'] == [], 'and nothing is half-written', document)
    code, document = ctl(*add_arguments('Plain')[:-1])
    check(code == 0, 'a connector without secrets needs no keyring', document)
    code, document = ctl('connector', 'test', 'Plain')
    check(code == 4 and document['error']['code'] == 'auth-required', 'it says that its secret is missing', document)


def main():
    if len(sys.argv) > 1:
        {'with': with_keyring, 'without': without_keyring}[sys.argv[1]]()
        print(f'# {count} {failures}')
        return 0
    total = failed = 0
    for scene in ('with', 'without'):
        with tempfile.TemporaryDirectory() as home:
            os.mkdir(f'{home}/runtime', 0o700)
            with open(f'{home}/bus.conf', 'w') as file:
                file.write(BUS)
            env = {key: value for key, value in os.environ.items() if not key.startswith('SECRET_')}
            env.update(HOME=home, XDG_RUNTIME_DIR=f'{home}/runtime', XDG_DATA_HOME=f'{home}/share',
                       CASEBRIDGE_DATA_DIR=f'{home}/data')
            output = subprocess.run(['dbus-run-session', f'--config-file={home}/bus.conf', '--', '/usr/bin/python3',
                                     __file__, scene], env=env, capture_output=True, text=True).stdout
        lines = [line for line in output.splitlines() if ' - ' in line or line.startswith('#')]
        for line in lines:
            if line.startswith('#'):
                print(line)
                continue
            total += 1
            failed += line.startswith('not')
            print(f'{"not ok" if line.startswith("not") else "ok"} {total} - {line.split(" - ", 1)[1]}')
        if not lines or not lines[-1].startswith('# '):
            total += 1
            failed += 1
            print(f'not ok {total} - the scene “{scene}” ran to its end')
    print(f'1..{total}')
    return 1 if failed else 0


sys.exit(main())
