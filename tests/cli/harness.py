# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests of casebridgectl share: simulators, throwaway workspaces, TAP.

CASEBRIDGECTL and CASEBRIDGE_SIMULATOR name the two programs."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import traceback
import urllib.request
from concurrent.futures import ThreadPoolExecutor

CTL = os.environ.get('CASEBRIDGECTL', 'casebridgectl')
SIMULATOR = os.environ.get('CASEBRIDGE_SIMULATOR', 'casebridge-simulator')
SECRET = 'correct horse'
KINDS = ['jira-cloud', 'jira-datacenter', 'servicenow', 'resilient']

TESTS = []


def test(function, name=None):
    TESTS.append((name or function.__name__, function))
    return function


class Simulator:
    def __init__(self, kind, *options):
        self.kind = kind
        command = [SIMULATOR, kind]
        for option in options:
            command += ['--option', option]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[1]

    def control(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + '/_control/' + path, data=data, method=method,
                                         headers={'Content-Type': 'application/json'})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b'null')

    def fault(self, **fault):
        self.control('POST', 'faults', fault)

    def requests(self):
        answer = self.control('GET', 'requests')
        return answer['requests'] if isinstance(answer, dict) else answer

    def faults(self):
        return self.control('GET', 'faults')

    def incidents(self):
        return self.control('GET', 'state')['incidents']

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        assert self.out.endswith('\n') and self.out.count('\n') == 1, 'not one line: %r' % self.out
        document = json.loads(self.out)
        assert list(document)[0] == 'schema' and document['schema'] == 1, self.out
        return document


class Workspace:
    def __init__(self):
        self.root = tempfile.mkdtemp(prefix='casebridge-cli-')
        self.data = os.path.join(self.root, 'data')
        self.simulators = []
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('CASEBRIDGE_', 'XDG_', 'DBUS_', 'LC_', 'LANG',
                                         'NO_COLOR'))}
        self.env.update(SECRET_BACKEND='file', SECRET_FILE_TEST_PATH=os.path.join(self.root,
                                                                                  'keyring'),
                        SECRET_FILE_TEST_PASSWORD='pw', CASEBRIDGE_DATA_DIR=self.data,
                        CASEBRIDGE_LOOKUP_PAUSES='0,0.05', HOME=self.root, LC_ALL='C.UTF-8',
                        TERM='xterm')

    def close(self):
        for simulator in self.simulators:
            simulator.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def copy(self):
        """As a backup restored elsewhere: the same cases, connectors and secrets."""
        other = Workspace()
        shutil.copytree(self.root, other.root, dirs_exist_ok=True)
        return other

    def run(self, *args, stdin=None, env=None, limit=60):
        done = subprocess.run([CTL, *args], input=stdin.encode() if stdin is not None else b'',
                              capture_output=True, env={**self.env, **(env or {})}, timeout=limit)
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *args, **kwargs):
        answer = self.run('--json', *args, **kwargs)
        assert answer.code == 0, '%s: %d %s %s' % (args, answer.code, answer.out, answer.err)
        return answer.json

    def fails(self, code, error, *args, field=False, **kwargs):
        answer = self.run('--json', *args, **kwargs)
        assert answer.code == code, '%s: %d %s %s' % (args, answer.code, answer.out, answer.err)
        document = answer.json
        assert list(document) == ['schema', 'error'], document
        assert list(document['error']) == ['code', 'message', 'field'], document
        assert document['error']['code'] == error, document
        if field is not False:
            assert document['error']['field'] == field, document
        return answer

    def start(self, kind, *options):
        simulator = Simulator(kind, *options)
        self.simulators.append(simulator)
        return simulator

    def add(self, simulator, name='C', secret=SECRET, secrets=True, settings=()):
        kind, url = simulator.kind, simulator.url
        if kind == 'servicenow':
            args = ['servicenow', '--set', 'username=analyst']
            key = 'password'
        elif kind == 'resilient':
            args = ['resilient', '--set', 'orgId=201', '--set', 'apiKeyId=analyst']
            key = 'apiKeySecret'
        else:
            user = 'analyst@example.org' if kind == 'jira-cloud' else 'analyst'
            args = ['jira', '--set', 'projectKey=SEC', '--set', 'email=' + user]
            key = 'apiToken'
        for setting in settings:
            args += ['--set', setting]
        if secrets:
            return self.ok('connector', 'add', '--name', name, '--url', url, '--type', *args,
                           '--secrets-stdin', stdin='%s=%s\n' % (key, secret))['id']
        return self.ok('connector', 'add', '--name', name, '--url', url, '--type', *args)['id']

    def case(self, title='A case', *args):
        return self.ok('case', 'new', '--title', title, *args)['id']

    def show(self, case):
        return self.ok('case', 'show', case)['case']

    def push(self, *args, code=0):
        answer = self.run('push', *args, '--json')
        assert answer.code == code, '%s: %d %s %s' % (args, answer.code, answer.out, answer.err)
        return answer.json['results']


def equal(a, b):
    assert a == b, '%r is not %r' % (a, b)


def run_test(function):
    """Returns what to add to the line of TAP, and what went wrong."""
    workspace = Workspace()
    try:
        return function(workspace), None
    except Exception:  # every failure is one line of TAP and its reason
        return None, traceback.format_exc()
    finally:
        workspace.close()


def print_result(number, name, note, failure):
    print('%s %d - %s%s' % ('not ok' if failure else 'ok', number, name.replace('_', ' '),
                            ' # ' + note if note else ''))
    if failure:
        print('# ' + failure.rstrip().replace('\n', '\n# '))
    sys.stdout.flush()


def main(workers=1):
    """Runs the registered tests, or those that the arguments name, each in its own workspace."""
    wanted = [t for t in TESTS if len(sys.argv) == 1 or t[0] in sys.argv[1:]]
    failures = 0
    with ThreadPoolExecutor(workers) as pool:
        results = pool.map(run_test, [function for _, function in wanted])
        for number, (name, (note, failure)) in enumerate(zip((n for n, _ in wanted), results), 1):
            failures += failure is not None
            print_result(number, name, note, failure)
    print('1..%d' % len(wanted))
    return 1 if failures else 0
