#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives casebridgectl, command by command, against the simulators. Prints TAP.

CASEBRIDGECTL and CASEBRIDGE_SIMULATOR name the two programs. Arguments select tests by name."""

import base64
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import termios
import time
import urllib.request

from harness import CTL, KINDS, SECRET, equal, main, test

UUID = re.compile(r'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$')
TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$')

COMMANDS = ['connector add', 'connector list', 'connector show', 'connector types',
            'connector update',
            'connector remove', 'connector test', 'connector default', 'connector choices',
            'case new',
            'case list', 'case show', 'case edit', 'case status', 'case remove', 'case comment add',
            'case comment edit', 'case comment remove', 'case connector', 'case incident',
            'case import', 'case export', 'push', 'outbox list', 'outbox run', 'outbox cancel',
            'outbox resolve', 'settings']


def spawn_tty(workspace, *args, env=None):
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(CTL, [CTL, *args], {**workspace.env, **(env or {})})
    return pid, fd


def read_tty(fd, until=None, seconds=20):
    out = b''
    end = time.time() + seconds
    while time.time() < end:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:
            break
        if not data:
            break
        out += data
        if until is not None and until in out:
            break
    return out.decode()


def run_tty(workspace, *args, env=None):
    pid, fd = spawn_tty(workspace, *args, env=env)
    out = read_tty(fd)
    status = os.waitpid(pid, 0)[1]
    os.close(fd)
    return os.waitstatus_to_exitcode(status), out


# The command line itself

@test
def help_is_everywhere(w):
    for command in [''] + COMMANDS + ['connector', 'case', 'case comment', 'outbox']:
        for args in (command.split() + ['--help'], ['--help'] + command.split()):
            answer = w.run(*args)
            equal(answer.code, 0)
            assert 'casebridgectl' in answer.out and answer.err == '', args
            for word in ('elastic',):
                assert word not in answer.out, word
    whole = w.run('--help').out
    for command in COMMANDS:
        assert '\n  ' + command in whole, command
    assert not os.path.exists(w.data)


@test
def version(w):
    assert re.match(r'^casebridgectl \d+\.\d+', w.run('--version').out)
    assert re.match(r'^\d+\.\d+', w.ok('--version')['version'])
    equal(w.run('case', 'list', '--version').code, 0)


@test
def wrong_command_lines(w):
    add = ['connector', 'add', '--type', 'jira', '--name', 'J', '--url', 'https://example.org']
    for args in (
            [], ['nosuch'], ['case'], ['case', 'nosuch'], ['case', 'comment'], ['elastic', 'list'],
            ['outbox'], ['outbox', 'list', 'extra'], ['outbox', 'cancel'], ['outbox', 'resolve', 'abcd'],
            ['outbox', 'resolve', 'abcd', '--search', '--send-again'], ['outbox', 'run', 'extra'],
            ['--nosuch'], ['case', 'list', '--nosuch'], ['case', 'list', 'extra'],
            ['case', 'show'], ['case', 'show', 'a', 'b'], ['case', 'new'], ['case', 'new',
                                                                            '--title'],
            ['case', 'new', '--title', 'x', '--severity', 'foo'],
            ['case', 'new', '--title', 'x', '--description', 'a', '--description-file', '-'],
            ['case', 'list', '--status', 'foo'], ['case', 'list', '--limit', 'x'],
            ['case', 'list', '--limit', '-1'], ['case', 'list', '--offset', '1x'],
            ['case', 'status', 'x'], ['case', 'status', 'abcd', 'foo'],
            ['case', 'edit', 'abcd', '--severity', 'foo'], ['case', 'comment', 'add', 'abcd'],
            ['case', 'incident', 'abcd', '--link', 'X', '--unlink'], ['case', 'import'],
            ['case', 'remove'], ['push'], ['push', 'abcd', '--on-conflict', 'foo'],
            ['push', 'abcd', '--queue', '--dry-run'], ['settings', 'foo', 'on'],
            ['settings', 'close-on-push', 'maybe'], ['settings', 'close-on-push'],
            ['connector', 'add'], ['connector', 'add', '--type', 'foo', '--name', 'x', '--url',
                                   'y'],
            ['connector', 'add', '--type', 'jira', '--name', 'x'], add + ['--set', 'nosuch=1'],
            add + ['--set', 'projectKey'], add + ['--set', '=x'], add + ['--set', 'auth=foo'],
            add + ['--set', 'commentVisibility=foo'], add + ['--set', 'apiToken=hunter2'],
            add + ['--set', 'extra.summary=x'], add + ['--set', 'extra.priority=x'],
            add + ['--set', 'extra.=x'], ['connector', 'choices', 'x']):
        answer = w.fails(2, 'invalid-argument', *args, field=None)
        assert 'Usage:' in answer.err, answer.err
        assert 'hunter2' not in answer.out + answer.err
        human = w.run(*args)
        equal((human.code, human.out), (2, ''))
        assert 'Usage:' in human.err
    assert not os.path.exists(w.data), 'a wrong command line made a workspace'
    assert '--secrets-stdin' in w.fails(2, 'invalid-argument', *add, '--set', 'apiToken=x').out
    assert 'priority' in w.fails(2, 'invalid-argument', *add, '--set', 'extra.priority=x').out


@test
def options_stand_anywhere(w):
    other = os.path.join(w.root, 'other')
    case = w.case()
    equal(w.run('case', '--json', 'list').json['total'], 1)
    equal(w.run('case', 'list', '--json', '--data-dir', other).json['total'], 0)
    equal(w.run('--data-dir=' + other, 'case', 'list', '--json').json['total'], 0)
    assert os.path.exists(os.path.join(other, 'casebridge.db'))
    equal(os.stat(other).st_mode & 0o777, 0o700)
    xdg = {'XDG_DATA_HOME': os.path.join(w.root, 'xdg'), 'CASEBRIDGE_DATA_DIR': ''}
    equal(w.ok('case', 'list', env=xdg)['total'], 0)
    assert os.path.exists(os.path.join(w.root, 'xdg', 'casebridge', 'casebridge.db'))
    answer = w.run('case', 'comment', 'add', case, '--', '--json')
    equal(answer.code, 0)
    equal(w.show(case)['comments'][0]['text'], '--json')


@test
def settings(w):
    document = w.ok('settings')
    equal(list(document), ['schema', 'close_on_push', 'default_connector', 'author'])
    equal((document['close_on_push'], document['default_connector']), (False, None))
    assert document['author']
    document = w.ok('settings', 'author', 'Ann Analyst', 'close-on-push', 'on')
    equal((document['close_on_push'], document['author']), (True, 'Ann Analyst'))
    equal(w.ok('settings', 'close-on-push', 'off')['close_on_push'], False)
    assert w.ok('settings', 'author', '')['author'] != 'Ann Analyst'
    assert 'close-on-push' in w.run('settings').out


# Connectors

@test
def connector_types(w):
    types = w.ok('connector', 'types')['types']
    equal(sorted(t['id'] for t in types), ['jira', 'resilient', 'servicenow'])
    for t in types:
        equal(list(t), ['id', 'name', 'settings', 'case_fields', 'mapping'])
        equal(list(t['settings'][0]), ['key', 'label', 'kind', 'required', 'secret'])
        equal(list(t['case_fields'][0]), ['key', 'label', 'kind', 'required'])
        equal(list(t['mapping'][0]), ['case', 'target'])
        assert any(s['secret'] for s in t['settings'])
    assert not os.path.exists(w.data)
    assert 'apiToken' in w.run('connector', 'types').out


@test
def connector_add_show_update_remove(w):
    add = ['connector', 'add', '--type', 'jira', '--name', 'J', '--url',
           'https://jira.example.org/jira/']
    one = w.ok(*add, '--set', 'projectKey=SEC', '--set', 'email=a@example.org', '--set',
               'extra.customfield_1=x=y', '--secrets-stdin', stdin='apiToken=a=b \n')['id']
    assert UUID.match(one)
    shown = w.ok('connector', 'show', 'J')['connector']
    equal(list(shown), ['id', 'name', 'type', 'url', 'settings', 'default', 'has_secrets'])
    equal(shown, {'id': one, 'name': 'J', 'type': 'jira', 'url': 'https://jira.example.org/jira',
                  'settings': {'email': 'a@example.org', 'extra.customfield_1': 'x=y',
                               'projectKey': 'SEC'}, 'default': False, 'has_secrets': True})
    for name in (one, one[:4], 'J'):
        equal(w.ok('connector', 'show', name)['connector']['id'], one)
    equal(w.ok('connector', 'list')['connectors'], [shown])
    changed = w.ok('connector', 'update', 'J', '--name', 'Jira', '--set', 'extra.customfield_1=',
                   '--set', 'commentVisibility=internal')['connector']
    equal(changed['name'], 'Jira')
    equal(changed['settings'], {'commentVisibility': 'internal', 'email': 'a@example.org',
                                'projectKey': 'SEC'})
    equal(changed['has_secrets'], True)
    equal(w.ok('connector', 'update', one)['connector'], changed)
    for text in (w.run('connector', 'list').out, w.run('connector', 'show', 'Jira').out):
        assert one in text and 'a=b' not in text
    equal(w.ok('connector', 'default'), {'schema': 1, 'default': None})
    equal(w.ok('connector', 'default', 'Jira'), {'schema': 1, 'default': one})
    equal(w.ok('connector', 'show', 'Jira')['connector']['default'], True)
    equal(w.ok('connector', 'default', 'none'), {'schema': 1, 'default': None})
    equal(w.ok('connector', 'remove', 'Jira'), {'schema': 1, 'removed': [one]})
    equal(w.ok('connector', 'list')['connectors'], [])
    w.fails(1, 'not-found', 'connector', 'show', 'Jira')


@test
def connector_bad_values(w):
    def add(error, field, *args, url='https://example.org', name='J'):
        w.fails(1, error, 'connector', 'add', '--type', 'jira', '--name', name, '--url', url, *args,
                field=field)

    good = ['--set', 'projectKey=SEC', '--set', 'email=a@example.org']
    add('invalid-argument', 'projectKey', '--set', 'email=a@example.org')
    add('invalid-argument', 'email', '--set', 'projectKey=SEC')
    for url in ('nonsense', 'ftp://example.org', 'http://example.org', 'https://', '',
                'https://example.org/browse/SEC-1', 'https://example.org?x=1'):
        add('invalid-argument', 'url', *good, url=url)
    for name in ('default', 'none', '', ' '):
        add('invalid-argument', 'name', *good, name=name)
    add('invalid-argument', 'caFile', *good, '--set', 'caFile=/nonexistent.pem')
    add('invalid-argument', 'caFile', *good, '--set', 'caFile=/dev/null')
    add('invalid-argument', 'caFile', *good, '--set', 'caFile=' + w.root)
    w.fails(1, 'invalid-argument', 'connector', 'add', '--type', 'resilient', '--name', 'R',
            '--url',
            'https://example.org', '--set', 'orgId=x', '--set', 'apiKeyId=k', field='orgId')
    w.ok('connector', 'add', '--type', 'jira', '--name', 'J', '--url', 'https://example.org', *good)
    add('invalid-argument', 'name', *good)
    equal(len(w.ok('connector', 'list')['connectors']), 1)
    for args in (['show', 'X'], ['update', 'X'], ['remove', 'X'], ['test', 'X'], ['default', 'X'],
                 ['choices', 'X', 'priority']):
        w.fails(1, 'not-found', 'connector', *args)
    w.fails(2, 'invalid-argument', 'connector', 'update', 'J', '--set', 'nosuch=x')
    w.fails(2, 'invalid-argument', 'connector', 'update', 'J', '--set', 'apiToken=x')
    w.fails(2, 'invalid-argument', 'connector', 'choices', 'J', 'nosuch')
    w.fails(2, 'invalid-argument', 'connector', 'choices', 'J', 'priority', '--for', 'nosuch=1')


@test
def secrets_from_standard_input(w):
    add = ['connector', 'add', '--type', 'servicenow', '--name', 'S', '--url',
           'https://example.org',
           '--set', 'username=u', '--secrets-stdin']
    for text in ('hunter2', 'hunter2=x', 'username=x', 'password=x\nhunter2\n'):
        answer = w.fails(2, 'invalid-argument', *add, stdin=text)
        assert 'hunter2' not in answer.out + answer.err
    equal(w.ok('connector', 'list')['connectors'], [])
    w.ok(*add, stdin='\npassword=pä=ss word \n')
    assert w.ok('connector', 'show', 'S')['connector']['has_secrets']
    for folder, _, names in os.walk(w.data):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as file:
                assert 'ss word'.encode() not in file.read(), name


@test
def certificate_is_shown_by_fingerprint(w):
    pem = os.path.join(w.root, 'ca.pem')
    made = subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout',
                           os.path.join(w.root, 'key.pem'), '-out', pem, '-subj', '/CN=Test CA'],
                          capture_output=True)
    if made.returncode != 0:
        return 'SKIP no openssl'
    w.ok('connector', 'add', '--type', 'servicenow', '--name', 'S', '--url', 'https://example.org',
         '--set', 'username=u', '--set', 'caFile=' + pem)
    os.remove(pem)
    answer = w.run('connector', 'show', 'S', '--json')
    shown = answer.json['connector']['settings']['caFile']
    equal(list(shown), ['subject', 'fingerprint'])
    assert 'Test CA' in shown['subject'] and 'BEGIN' not in answer.out
    assert re.match(r'^([0-9A-F]{2}:){31}[0-9A-F]{2}$', shown['fingerprint'])
    assert shown['fingerprint'] in w.run('connector', 'show', 'S').out
    settings = w.ok('connector', 'update', 'S', '--set', 'caFile=')['connector']['settings']
    equal(settings, {'username': 'u'})
    return None


@test
def connector_test(w):
    for kind in KINDS:
        w.add(w.start(kind), kind)
        document = w.ok('connector', 'test', kind)
        equal(list(document), ['schema', 'ok', 'system', 'error'])
        equal(list(document['system']), ['product', 'version'])
        equal((document['ok'], document['error']), (True, None))
        human = w.run('connector', 'test', kind)
        equal(human.code, 0)
        assert document['system']['product'] in human.out
        w.add(w.simulators[-1], kind + ' wrong', secret='wrong')
        answer = w.run('connector', 'test', kind + ' wrong', '--json')
        equal((answer.code, answer.json['ok'], answer.json['system']), (4, False, None))
        equal(answer.json['error']['code'], 'auth-invalid')
        w.add(w.simulators[-1], kind + ' none', secrets=False)
        answer = w.run('connector', 'test', kind + ' none', '--json')
        equal((answer.code, answer.json['error']['code']), (4, 'auth-required'))
    w.simulators[-1].stop()
    w.simulators.pop()
    answer = w.run('connector', 'test', 'resilient', '--json')
    equal((answer.code, answer.json['error']['code']), (1, 'unreachable'))


@test
def keyring_missing(w):
    env = {'SECRET_BACKEND': 'service', 'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'}
    args = ['connector', 'add', '--type', 'servicenow', '--name', 'S', '--url',
            'https://example.org',
            '--set', 'username=u', '--secrets-stdin']
    w.fails(7, 'keyring-missing', *args, stdin='password=x\n', env=env)
    equal(w.ok('connector', 'list')['connectors'], [])
    w.ok(*args, stdin='password=x\n')
    answer = w.run('connector', 'test', 'S', '--json', env=env)
    equal((answer.code, answer.json['error']['code']), (7, 'keyring-missing'))


@test
def connector_choices(w):
    w.add(w.start('jira-cloud'), 'J')
    w.add(w.start('servicenow'), 'S')
    w.add(w.start('resilient'), 'R')
    for args in (['J', 'issueType'], ['J', 'priority', '--for', 'issueType=10006'], ['S',
                                                                                     'urgency'],
                 ['S', 'subcategory', '--for', 'category=software'], ['R', 'incidentTypes'],
                 ['R', 'severityCode']):
        choices = w.ok('connector', 'choices', *args)['choices']
        assert choices, args
        equal(list(choices[0]), ['value', 'label'])
        equal(len({c['value'] for c in choices}), len(choices))
        assert choices[0]['label'] in w.run('connector', 'choices', *args).out
    equal([c['value'] for c in w.ok('connector', 'choices', 'R', 'severityCode')['choices']],
          ['4', '5', '6', '50'])


# Cases

@test
def case_new_show_edit(w):
    path = os.path.join(w.root, 'text.md')
    with open(path, 'w') as file:
        file.write('# From a file\n')
    case = w.case('Tïtle 中文', '--description-file', path, '--tag', 'b', '--tag', 'a', '--tag', 'b',
                  '--severity', 'high', '--assignee', 'ann')
    assert UUID.match(case)
    shown = w.show(case)
    equal(list(shown), ['id', 'title', 'status', 'severity', 'tags', 'created_at', 'updated_at',
                        'connector', 'push', 'description', 'assignees', 'activity', 'comments'])
    equal((shown['title'], shown['description'], shown['tags'], shown['severity'], shown['status']),
          ('Tïtle 中文', '# From a file\n', ['b', 'a'], 'high', 'open'))
    equal((shown['updated_at'], shown['connector'], shown['push'], shown['assignees']),
          (None, None, {'state': 'none', 'incident': None}, ['ann']))
    assert TIME.match(shown['created_at'])
    equal(list(shown['activity'][0]), ['time', 'kind', 'author', 'text', 'connector', 'incident'])
    edited = w.ok('case', 'edit', case[:8], '--title', 'New', '--description-file', '-',
                  '--severity',
                  'low', '--add-tag', 'c', '--add-tag', 'a', '--remove-tag', 'b', '--remove-tag',
                  'zz',
                  '--add-assignee', 'bob', '--remove-assignee', 'ann', stdin='from stdin')['case']
    equal((edited['title'], edited['description'], edited['severity'], edited['tags'],
           edited['assignees']), ('New', 'from stdin', 'low', ['a', 'c'], ['bob']))
    assert TIME.match(edited['updated_at'])
    equal(w.ok('case', 'edit', case)['case'], edited)
    equal(w.ok('case', 'status', case, 'in-progress')['case']['status'], 'in-progress')
    equal(w.ok('case', 'status', case, 'closed')['case']['status'], 'closed')
    human = w.run('case', 'show', case)
    equal(human.code, 0)
    assert 'New' in human.out and 'from stdin' in human.out
    equal(w.ok('case', 'new', '--title=-dash', '--description', '-text')['id'],
          w.ok('case', 'list', '--search', 'dash')['cases'][0]['id'])


@test
def case_bad_values(w):
    case = w.case()
    new = ['case', 'new', '--title']
    w.fails(1, 'invalid-argument', *new, '', field='title')
    w.fails(1, 'invalid-argument', *new, ' ', field='title')
    w.fails(1, 'invalid-argument', *new, 'a\nb', field='title')
    w.fails(1, 'too-long', *new, 'x' * 161, field='title')
    w.ok(*new, 'x' * 160)
    w.fails(1, 'too-long', *new, '😀' * 81, field='title')
    w.fails(1, 'too-long', *new, 'x', '--description-file', '-', field='description',
            stdin='x' * 30001)
    w.fails(1, 'invalid-argument', *new, 'x', '--description-file', '/nonexistent',
            field='description')
    w.fails(1, 'too-long', *new, 'x', '--tag', 'x' * 257, field='tags')
    w.fails(1, 'invalid-argument', *new, 'x', '--tag', '', field='tags')
    w.fails(1, 'too-long', 'case', 'edit', case, '--title', 'x' * 161, field='title')
    bad = subprocess.run([CTL, '--json', 'case', 'new', '--title', b'\xff\xfe'], env=w.env,
                         capture_output=True)
    equal((bad.returncode, json.loads(bad.stdout)['error']['code']), (1, 'invalid-argument'))
    for args in (['show', 'nope'], ['edit', 'nope', '--title', 'x'], ['status', 'nope', 'open'],
                 ['remove', 'nope'], ['remove', case, 'nope'], ['comment', 'add', 'nope', 'x'],
                 ['connector', 'nope'], ['incident', 'nope'], ['export', 'nope'], ['show',
                                                                                   case[:3]]):
        w.fails(1, 'not-found', 'case', *args, field='case')
    w.fails(1, 'not-found', 'push', 'nope', field='case')
    equal(w.show(case)['title'], 'A case')
    w.fails(1, 'storage', '--data-dir', '/dev/null/x', 'case', 'list')


@test
def case_list(w):
    ids = [w.case('Case %d' % i, '--tag', 'odd' if i % 2 else 'even', '--tag', 't%d' % i)
           for i in range(5)]
    w.ok('case', 'status', ids[0], 'closed')
    w.ok('case', 'comment', 'add', ids[1], 'needle in a comment')
    document = w.ok('case', 'list')
    equal(list(document), ['schema', 'total', 'cases'])
    equal([c['id'] for c in document['cases']], ids[::-1])
    equal(list(document['cases'][0]), ['id', 'title', 'status', 'severity', 'tags', 'created_at',
                                       'updated_at', 'comments', 'connector', 'push'])
    equal(document['cases'][3]['comments'], 1)

    def listed(*args):
        answer = w.ok('case', 'list', *args)
        return answer['total'], [c['title'][-1] for c in answer['cases']]

    equal(listed('--limit', '2'), (5, ['4', '3']))
    equal(listed('--limit', '2', '--offset', '4'), (5, ['0']))
    equal(listed('--limit', '0'), (5, []))
    equal(listed('--status', 'closed'), (1, ['0']))
    equal(listed('--status', 'closed', '--status', 'open'), (5, ['4', '3', '2', '1', '0']))
    equal(listed('--tag', 'odd'), (2, ['3', '1']))
    equal(listed('--tag', 't0', '--tag', 'odd'), (3, ['3', '1', '0']))
    equal(listed('--tag', 't0', '--tag', 'odd', '--limit', '1', '--offset', '1'), (3, ['1']))
    equal(listed('--search', 'needle'), (1, ['1']))
    equal(listed('--search', '"('), (0, []))
    equal(listed('--needs-push'), (0, []))
    human = w.run('case', 'list').out.splitlines()
    equal(len(human), 6)
    equal(len({line.index('Case') for line in human[1:]}), 1)


@test
def case_remove(w):
    ids = [w.case('Case %d' % i) for i in range(3)]
    equal(w.ok('case', 'remove', ids[0], ids[2][:8], ids[0]), {'schema': 1, 'removed': [ids[0],
                                                                                        ids[2]]})
    equal([c['id'] for c in w.ok('case', 'list')['cases']], [ids[1]])
    assert ids[1] in w.run('case', 'remove', ids[1]).out


@test
def ambiguous_names(w):
    cases = [{'id': 'same-%d' % i, 'title': 'x', 'description': '', 'tags': [],
              'created_at': '2024-01-01T00:00:00.000Z', 'created_by': {'username': 'x'},
              'comments': [], 'totalComment': 0} for i in range(2)]
    w.ok('case', 'import', '-', stdin=json.dumps(cases))
    w.fails(1, 'invalid-argument', 'case', 'show', 'same', field='case')
    equal(w.show('same-1')['id'], 'same-1')


@test
def comments(w):
    case = w.case()
    w.ok('settings', 'author', 'Ann')
    one = w.ok('case', 'comment', 'add', case, 'one')['id']
    two = w.ok('case', 'comment', 'add', case, '-', stdin='two\nlines')['id']
    shown = w.show(case)['comments']
    equal(list(shown[0]), ['id', 'author', 'text', 'created_at', 'updated_at'])
    equal([(c['id'], c['text'], c['author'], c['updated_at']) for c in shown],
          [(one, 'one', 'Ann', None), (two, 'two\nlines', 'Ann', None)])
    edited = w.ok('case', 'comment', 'edit', case, two, 'zwei')['case']['comments'][1]
    equal(edited['text'], 'zwei')
    assert TIME.match(edited['updated_at'])
    equal([c['id'] for c in w.ok('case', 'comment', 'remove', case, one[:8])['case']['comments']],
          [two])
    w.fails(1, 'not-found', 'case', 'comment', 'remove', case, one)
    w.fails(1, 'not-found', 'case', 'comment', 'edit', case, one, 'x')
    for text in ('', ' \n', '-'):
        w.fails(1, 'invalid-argument', 'case', 'comment', 'add', case, text, field='comment')
    w.fails(1, 'too-long', 'case', 'comment', 'add', case, '-', stdin='x' * 30001, field='comment')
    w.fails(1, 'invalid-argument', 'case', 'comment', 'edit', case, two, ' ')
    equal(len(w.show(case)['comments']), 1)


@test
def case_connector(w):
    j, s = w.add(w.start('jira-cloud'), 'J'), w.add(w.start('servicenow'), 'S')
    case = w.case()
    document = w.ok('case', 'connector', case)
    equal(list(document), ['schema', 'connector', 'source', 'fields'])
    equal(document, {'schema': 1, 'connector': None, 'source': 'default', 'fields': {}})
    w.fails(1, 'invalid-argument', 'case', 'connector', case, '--field', 'priority=High',
            field='connector')
    w.ok('connector', 'default', 'J')
    equal(w.ok('case', 'connector', case)['connector'], j)
    equal(w.ok('case', 'connector', case, '--field', 'priority=High', '--field', 'extra.x={"a":1}'),
          {'schema': 1, 'connector': j, 'source': 'default',
           'fields': {'extra.x': '{"a":1}', 'priority': 'High'}})
    equal(w.ok('case', 'connector', case, 'S', '--field', 'urgency=1'),
          {'schema': 1, 'connector': s, 'source': 'case', 'fields': {'urgency': '1'}})
    equal(w.ok('case', 'connector', case, 'none'),
          {'schema': 1, 'connector': None, 'source': 'none', 'fields': {}})
    equal(w.show(case)['push']['state'], 'none')
    equal(w.ok('case', 'connector', case, 'default', '--field', 'priority=')['fields'],
          {'extra.x': '{"a":1}'})
    equal(w.show(case)['connector'], j)
    for field in ('urgency=1', 'nosuch=1', 'priority', '=x', 'extra.summary=x', 'extra.labels=x',
                  'extra.issuetype=x', 'extra.=x'):
        w.fails(2, 'invalid-argument', 'case', 'connector', case, '--field', field)
        w.fails(2, 'invalid-argument', 'case', 'connector', case, 'J', '--field', field)
    assert 'issueType' in w.fails(2, 'invalid-argument', 'case', 'connector', case, '--field',
                                  'extra.issuetype=x').out
    equal(w.ok('case', 'connector', case)['source'], 'default')
    w.fails(1, 'not-found', 'case', 'connector', case, 'X', field='connector')
    assert 'default' in w.run('case', 'connector', case).out


# Pushing

@test
def push(w):
    for kind in KINDS:
        simulator = w.start(kind)
        connector = w.add(simulator, kind)
        case = w.case('Case of ' + kind, '--description', '# Text', '--tag', 'a b')
        comment = w.ok('case', 'comment', 'add', case, 'first')['id']
        planned, = w.push(case, '--connector', kind, '--dry-run')
        equal((planned['outcome'], planned['incident'], planned['error']), ('planned', None, None))
        equal([(s['kind'], s['state']) for s in planned['steps']],
              [('create', 'planned'), ('comment', 'planned')])
        equal(simulator.incidents(), [])
        assert all(r['method'] == 'GET' or 'query' in r['path'] or 'search' in r['path']
                   for r in simulator.requests()), simulator.requests()
        done, = w.push(case, '--connector', kind)
        equal(list(done), ['case', 'connector', 'outcome', 'incident', 'steps', 'case_status',
                           'warnings', 'requests', 'error'])
        equal(list(done['incident']), ['id', 'title', 'url'])
        equal(list(done['steps'][0]), ['kind', 'state', 'comment', 'remote_id', 'values'])
        equal((done['case'], done['connector'], done['outcome'], done['case_status'],
               done['error']),
              (case, connector, 'created', 'open', None))
        equal([(s['kind'], s['state'], s['comment']) for s in done['steps']],
              [('create', 'done', None), ('comment', 'done', comment)])
        equal([s['values'] for s in done['steps']], [s['values'] for s in planned['steps']])
        assert all(s['remote_id'] for s in done['steps']) and done['requests'] >= 2
        again, = w.push(case, '--connector', kind)
        equal((again['outcome'], again['steps'], again['requests']), ('up-to-date', [], 0))
        equal(again['incident'], done['incident'])
        equal(w.push(case, '--connector', kind, '--dry-run')[0]['outcome'], 'up-to-date')
        w.ok('case', 'edit', case, '--title', 'Edited')
        w.ok('case', 'comment', 'edit', case, comment, 'second')
        updated, = w.push(case, '--connector', kind)
        equal((updated['outcome'], [s['kind'] for s in updated['steps']]),
              ('updated', ['update', 'comment']))
        equal(updated['incident'], done['incident'])
        equal(len(simulator.incidents()), 1)
        incidents = w.ok('case', 'incident', case, '--connector', kind)['incidents']
        equal(list(incidents[0]), ['connector', 'id', 'title', 'url', 'pushed_at'])
        equal((incidents[0]['connector'], incidents[0]['id']), (connector, done['incident']['id']))
        assert TIME.match(incidents[0]['pushed_at'])


@test
def push_for_people(w):
    w.add(w.start('jira-cloud'), 'J')
    case = w.case('A case', '--description', 'the description')
    answer = w.run('push', case, '--connector', 'J', '--dry-run')
    assert 'planned' in answer.out and 'the description' in answer.out
    answer = w.run('push', case, '--connector', 'J')
    equal(answer.code, 0)
    assert 'created' in answer.out and 'SEC-1' in answer.out and '/browse/SEC-1' in answer.out
    assert 'create' in answer.err and '\033' not in answer.out + answer.err
    answer = w.run('push', case)
    equal(answer.code, 1)
    assert 'failed' in answer.out and 'connector' in answer.out


@test
def push_states(w):
    simulator = w.start('resilient')
    w.add(simulator, 'R')
    case = w.case()
    w.ok('connector', 'default', 'R')
    equal(w.show(case)['push']['state'], 'never')
    equal(w.ok('case', 'list', '--needs-push')['total'], 1)
    w.push(case)
    shown = w.show(case)
    equal(shown['push']['state'], 'up-to-date')
    equal(list(shown['push']['incident']), ['id', 'title', 'url'])
    w.ok('case', 'comment', 'add', case, 'x')
    equal(w.show(case)['push']['state'], 'needs-push')
    simulator.fault(kind='status', status=403, method='POST', path='*/comments', count=-1)
    failed, = w.push(case, code=1)
    equal((failed['outcome'], failed['error']['code'], failed['steps'][0]['state']),
          ('failed', 'forbidden', 'failed'))
    assert failed['incident'] is not None
    equal(w.show(case)['push']['state'], 'failed')
    assert 'failed' in w.run('case', 'list').out
    simulator.control('DELETE', 'faults')
    equal(w.push(case)[0]['outcome'], 'updated')


@test
def push_several(w):
    w.add(w.start('jira-cloud'), 'J')
    w.add(w.simulators[0], 'W', secret='wrong')
    ids = [w.case('Case %d' % i) for i in range(3)]
    for case in ids[:2]:
        w.ok('case', 'connector', case, 'W')
    results = w.push(ids[0], ids[1], ids[0], code=4)
    equal([r['case'] for r in results], ids[:2])
    equal([r['error']['code'] for r in results], ['auth-invalid'] * 2)
    results = w.push(*ids, code=1)
    equal([r['outcome'] for r in results], ['failed'] * 3)
    equal((results[2]['connector'], results[2]['incident']), (None, None))
    w.ok('case', 'connector', ids[2], 'J')
    equal([r['outcome'] for r in w.push(ids[0], ids[2], code=4)], ['failed', 'created'])
    w.fails(1, 'not-found', 'push', ids[2], 'nope')
    w.fails(1, 'not-found', 'push', ids[2], '--connector', 'nope', field='connector')


@test
def push_without_secrets(w):
    w.add(w.start('servicenow'), 'S', secrets=False)
    result, = w.push(w.case(), '--connector', 'S', code=4)
    equal((result['outcome'], result['error']['code'], result['requests']),
          ('failed', 'auth-required', 0))


@test
def push_conflict(w):
    simulator = w.start('jira-cloud')
    w.add(simulator, 'J')
    case = w.case('Mine')
    key = w.push(case, '--connector', 'J')[0]['incident']['title']
    for choice, code, outcome, remote in (('stop', 5, 'conflict', 'Theirs'),
                                          ('keep', 0, 'up-to-date', 'Theirs'),
                                          ('overwrite', 0, 'updated', 'Mine, overwrite')):
        simulator.control('PATCH', 'incidents/' + key, {'summary': 'Theirs'})
        w.ok('case', 'edit', case, '--title', 'Mine, ' + choice)
        result, = w.push(case, '--connector', 'J', '--on-conflict', choice, code=code)
        equal((choice, result['outcome']), (choice, outcome))
        assert remote in json.dumps(simulator.incidents()), choice
    assert 'Theirs' in json.dumps(w.show(case)['activity'])


@test
def push_uncertain(w):
    simulator = w.start('jira-cloud', 'index-lag=600000')
    w.add(simulator, 'J')
    case = w.case()
    simulator.fault(kind='lost', method='POST', path='*/issue')
    result, = w.push(case, '--connector', 'J', code=6)
    equal((result['outcome'], result['error']['code']), ('uncertain', 'uncertain'))
    equal(result['steps'][0]['state'], 'uncertain')
    w.fails(1, 'busy', 'case', 'remove', case)
    w.fails(1, 'busy', 'connector', 'remove', 'J')
    w.ok('connector', 'default', 'J')
    equal(w.show(case)['push']['state'], 'uncertain')
    equal(w.ok('case', 'incident', case, '--link', 'SEC-1')['incidents'][0]['title'], 'SEC-1')
    w.push(case)
    equal((len(simulator.incidents()), w.show(case)['push']['state']), (1, 'up-to-date'))


@test
def outbox_queue(w):
    simulator = w.start('jira-datacenter')
    w.add(simulator, 'J')
    w.ok('connector', 'default', 'J')
    ids = [w.case('Case %d' % i) for i in range(6)]
    equal([r['outcome'] for r in w.push(*ids, '--queue', code=3)], ['queued'] * 6)
    equal([r['outcome'] for r in w.push(ids[0], '--queue', code=3)], ['queued'])
    equal(len(simulator.incidents()), 0)
    pushes = w.ok('outbox', 'list')['pushes']
    equal(sorted(p['case'] for p in pushes), sorted(ids))
    equal({(p['state'], p['retry_at'], p['error']) for p in pushes}, {('queued', None, None)})
    equal(w.show(ids[0])['push']['state'], 'queued')
    pushes = w.ok('outbox', 'cancel', ids[5])['pushes']
    equal(len(pushes), 5)
    equal(w.show(ids[5])['push']['state'], 'never')
    w.fails(1, 'not-found', 'outbox', 'cancel', ids[5], field='case')
    results = w.run('--json', 'outbox', 'run').json['results']
    equal([r['outcome'] for r in results], ['created'] * 5)
    equal(len(simulator.incidents()), 5)
    equal(w.ok('outbox', 'list')['pushes'], [])
    equal([r['outcome'] for r in w.push(ids[0], '--queue')], ['up-to-date'])
    equal(w.run('--json', 'outbox', 'run').json['results'], [])
    # A removed case takes its queued push with it.
    w.push(ids[5], '--queue', code=3)
    w.ok('case', 'remove', ids[5])
    equal(w.ok('outbox', 'list')['pushes'], [])


@test
def outbox_waits(w):
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    w.ok('connector', 'default', 'S')
    case, other = w.case('Out of reach'), w.case('Refused')
    w.push(case, '--queue', code=3)
    simulator.fault(kind='status', status=503, count=-1, path='*')
    answer = w.run('--json', 'outbox', 'run')
    equal(answer.code, 3)
    result, = answer.json['results']
    equal((result['outcome'], result['error']['code']), ('queued', 'unavailable'))
    entry, = w.ok('outbox', 'list')['pushes']
    equal((entry['state'], entry['error']['code']), ('queued', 'unavailable'))
    assert entry['retry_at'] is not None
    simulator.control('DELETE', 'faults')
    simulator.fault(kind='status', status=401, count=-1, path='*')
    w.push(other, '--queue', code=3)
    answer = w.run('--json', 'outbox', 'run')
    equal((answer.code, [r['error']['code'] for r in answer.json['results']]), (4, ['auth-invalid'] * 2))
    # Only one of them asked: accounts get locked.
    equal(len([r for r in simulator.control('GET', 'requests') if r['status'] == 401]), 1)
    equal({p['state'] for p in w.ok('outbox', 'list')['pushes']}, {'failed'})
    simulator.control('DELETE', 'faults')
    equal([r['outcome'] for r in w.push(case, other)], ['created', 'created'])
    equal(w.ok('outbox', 'list')['pushes'], [])


@test
def outbox_while_it_runs(w):
    """What changes while a push runs: nothing that was queued or taken out meanwhile is forgotten."""
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    w.ok('connector', 'default', 'S')
    case, other = w.case('First'), w.case('Second')
    simulator.fault(kind='delay', method='GET', milliseconds=2000, processed=True)
    process = subprocess.Popen([CTL, '--json', 'push', case], env=w.env, stdout=subprocess.PIPE)
    while not simulator.faults()[0]['seen']:
        time.sleep(0.02)
    w.ok('case', 'comment', 'add', case, 'Meanwhile')
    w.push(case, '--queue', code=3)
    process.communicate(timeout=30)
    equal((process.returncode, len(w.ok('outbox', 'list')['pushes'])), (0, 1))
    w.push(other, '--queue', code=3)
    simulator.control('DELETE', 'faults')
    simulator.fault(kind='delay', method='GET', milliseconds=2000, processed=True)
    process = subprocess.Popen([CTL, '--json', 'outbox', 'run'], env=w.env, stdout=subprocess.PIPE)
    while not simulator.faults()[0]['seen']:
        time.sleep(0.02)
    w.ok('outbox', 'cancel', other)
    process.communicate(timeout=30)
    equal(process.returncode, 130)
    equal([i['short_description'] for i in simulator.incidents()], ['First'])
    equal(len(simulator.control('GET', 'state')['journal']), 1)
    equal(w.ok('outbox', 'list')['pushes'], [])


@test
def outbox_by_connector(w):
    one, two = w.start('servicenow'), w.start('jira-datacenter')
    w.add(one, 'S')
    w.add(two, 'J')
    case = w.case()
    for name in ('S', 'J'):
        w.push(case, '--queue', '--connector', name, code=3)
    equal(len(w.ok('outbox', 'list')['pushes']), 2)
    equal(len(w.ok('outbox', 'list', '--connector', 'J')['pushes']), 1)
    equal(len(w.run('--json', 'outbox', 'run', '--connector', 'J').json['results']), 1)
    equal((len(one.incidents()), len(two.incidents())), (0, 1))
    # A removed connector takes what is queued for it with it.
    w.ok('connector', 'remove', 'S')
    equal(w.ok('outbox', 'list')['pushes'], [])


@test
def one_wrong_login(w):
    """A case that asks nothing proves no login: wrong secrets are tried once, not four times."""
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    w.ok('connector', 'default', 'S')
    ids = [w.case('Case %d' % i) for i in range(7)]
    w.push(ids[0])
    w.ok('connector', 'update', 'S', '--secrets-stdin', stdin='password=wrong\n')
    simulator.control('DELETE', 'requests')
    results = w.run('--json', 'push', *ids).json['results']
    equal([r['outcome'] for r in results], ['up-to-date'] + ['failed'] * 6)
    equal([r['status'] for r in simulator.requests()], [401])


@test
def outbox_resolve(w):
    simulator = w.start('jira-cloud', 'index-lag=600000')
    w.add(simulator, 'J')
    w.ok('connector', 'default', 'J')
    made, unmade = w.case('Made', '--description', 'x'), w.case('Unmade')
    w.ok('case', 'comment', 'add', made, 'A comment')
    w.fails(1, 'invalid-argument', 'outbox', 'resolve', made, '--search', field='case')
    simulator.fault(kind='lost', method='POST', path='*/issue')
    w.push(made, code=6)
    simulator.fault(kind='reset', method='POST', path='*/issue')
    w.push(unmade, code=6)
    entries = {p['case']: p for p in w.ok('outbox', 'list')['pushes']}
    equal({p['state'] for p in entries.values()}, {'uncertain'})
    equal(entries[made]['steps'][0]['state'], 'uncertain')
    equal(w.run('--json', 'outbox', 'resolve', made, '--search').code, 6)
    w.fails(1, 'invalid-argument', 'outbox', 'resolve', made, '--mark-sent', field='incident')
    w.fails(1, 'not-found', 'outbox', 'resolve', made, '--link', 'SEC-99', field=None)
    w.fails(1, 'busy', 'case', 'incident', made, '--unlink', field='incident')
    result, = w.run('--json', 'outbox', 'resolve', made, '--link', 'SEC-1').json['results']
    equal((result['outcome'], len(result['steps'])), ('updated', 1))
    result, = w.run('--json', 'outbox', 'resolve', unmade, '--send-again').json['results']
    equal(result['outcome'], 'created')
    equal(sorted(i['fields']['summary'] for i in simulator.incidents()), ['Made', 'Unmade'])
    equal(w.ok('outbox', 'list')['pushes'], [])


@test
def outbox_resolve_comments(w):
    """An account that cannot read the journal: the person looks, comment by comment."""
    simulator = w.start('servicenow', 'journal-shown=false', 'journal-readable=false')
    w.add(simulator, 'S')
    w.ok('connector', 'default', 'S')
    case = w.case('Blind')
    for i in range(4):
        w.ok('case', 'comment', 'add', case, 'Comment %d' % i)
    path = '*/incident/*'
    simulator.fault(kind='lost', method='PATCH', path=path, nth=2)
    result, = w.push(case, code=6)
    equal([s['state'] for s in result['steps']], ['done', 'done', 'uncertain', 'pending', 'pending'])
    equal(w.run('--json', 'outbox', 'resolve', case, '--mark-sent').json['results'][0]['outcome'], 'updated')
    w.ok('case', 'comment', 'add', case, 'Comment 4')
    simulator.fault(kind='reset', method='PATCH', path=path)
    result, = w.push(case, code=6)
    equal([s['state'] for s in result['steps']], ['uncertain'])
    equal(w.run('--json', 'outbox', 'resolve', case, '--send-again').code, 0)
    values = [entry['value'] for entry in simulator.control('GET', 'state')['journal']]
    equal([v.split('\n')[0] for v in values], ['Comment %d' % i for i in range(5)])
    equal(w.show(case)['push']['state'], 'up-to-date')


@test
def waits_are_cancelled(w):
    simulator = w.start('jira-datacenter')
    w.add(simulator, 'J')
    case = w.case()
    w.ok('case', 'comment', 'add', case, 'x')
    for number in (signal.SIGINT, signal.SIGTERM):
        simulator.fault(kind='status', method='POST', path='*/comment', status=429,
                        headers={'Retry-After': 'Fri, 31 Dec 2100 23:59:59 GMT'})
        process = subprocess.Popen([CTL, 'push', case, '--connector', 'J'], env=w.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:
            if re.search(r'Waiting (600|59\d) s', line):
                break
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)
        equal(process.returncode, 130)
        assert 'cancelled' in out, out
        simulator.control('DELETE', 'faults')
    equal(w.push(case, '--connector', 'J')[0]['outcome'], 'updated')
    equal(len(simulator.incidents()[0]['comments']), 1)


@test
def destinations(w):
    """A new URL is a new destination; a connector that is added again finds what the first has sent."""
    simulator, other = w.start('jira-datacenter'), w.start('jira-datacenter')
    w.add(simulator, 'J')
    w.ok('connector', 'default', 'J')
    case = w.case()
    w.ok('case', 'comment', 'add', case, 'x')
    equal(w.push(case)[0]['outcome'], 'created')
    w.ok('connector', 'update', 'J', '--url', other.url)
    equal(w.show(case)['push']['state'], 'never')
    equal(w.push(case)[0]['outcome'], 'created')
    equal((len(simulator.incidents()), len(other.incidents())), (1, 1))
    w.ok('connector', 'update', 'J', '--url', simulator.url)
    equal(w.push(case)[0]['outcome'], 'up-to-date')
    w.ok('connector', 'remove', 'J')
    w.add(simulator, 'Again')
    w.ok('connector', 'default', 'Again')
    equal(w.show(case)['push']['state'], 'up-to-date')
    w.ok('case', 'edit', case, '--title', 'Edited')
    equal(w.push(case)[0]['outcome'], 'updated')
    equal([i['fields']['summary'] for i in simulator.incidents()], ['Edited'])


@test
def incident_of_kibana(w):
    """Kibana writes the case's id into correlation_id, too: its incident is taken over, and said so."""
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    case = w.case('Ours', '--description', 'Text')
    w.ok('case', 'comment', 'add', case, 'A comment')
    request = urllib.request.Request(
        simulator.url + '/api/now/v2/table/incident', method='POST',
        data=json.dumps({'short_description': 'Kibana', 'correlation_id': case,
                         'correlation_display': 'Elastic Case'}).encode(),
        headers={'Content-Type': 'application/json', 'Accept': 'application/json',
                 'Authorization': 'Basic ' + base64.b64encode(b'analyst:correct horse').decode()})
    urllib.request.urlopen(request).close()
    result, = w.push(case, '--connector', 'S')
    equal((result['outcome'], len(simulator.incidents())), ('updated', 1))
    assert any('taken over' in warning for warning in result['warnings']), result['warnings']
    equal(simulator.incidents()[0]['short_description'], 'Ours')
    equal(len(simulator.control('GET', 'state')['journal']), 1)
    assert any('Kibana' in a['text'] for a in w.show(case)['activity'] if a['kind'] == 'overwritten')


@test
def pushed_by_kibana(w):
    """What a case says of its push by Kibana holds as soon as a connector leads there."""
    simulator = w.start('jira-datacenter')
    w.add(simulator, 'First')
    made = w.push(w.case('Made by Kibana'), '--connector', 'First')[0]['incident']
    w.ok('connector', 'remove', 'First')
    service = {'connector_id': 'k', 'connector_name': 'Kibana', 'external_id': made['id'],
               'external_title': made['title'], 'external_url': made['url'],
               'pushed_at': '2026-11-24T08:00:00.000Z', 'pushed_by': {}}
    case, = w.ok('case', 'import', '-', stdin=json.dumps(
        {'id': 'from-kibana', 'title': 'Made by Kibana', 'description': 'x',
         'connector': {'id': 'k', 'name': 'K', 'type': '.jira', 'fields': None},
         'external_service': service}))['ids']
    equal(w.ok('case', 'incident', case)['incidents'], [])
    w.add(simulator, 'Second')
    incident, = w.ok('case', 'incident', case)['incidents']
    equal((incident['id'], incident['title']), (made['id'], made['title']))
    w.ok('case', 'edit', case, '--title', 'Edited here')
    w.push(case, '--connector', 'Second')
    equal([i['fields']['summary'] for i in simulator.incidents()], ['Edited here'])


def import_pushed(w, made, comments=(), kind='.jira', pushed_at='2026-11-24T08:00:00.000Z'):
    """A case that Kibana has pushed to an incident."""
    service = {'connector_id': 'k', 'connector_name': 'Kibana', 'external_id': made['id'],
               'external_title': made['title'], 'external_url': made['url'],
               'pushed_at': pushed_at, 'pushed_by': {}}
    case, = w.ok('case', 'import', '-', stdin=json.dumps(
        {'id': 'from-kibana', 'title': 'Made by Kibana', 'description': 'x', 'comments': list(comments),
         'connector': {'id': 'k', 'name': 'K', 'type': kind, 'fields': None},
         'external_service': service}))['ids']
    return case


def import_fields(w, fields, counted='imported'):
    done = w.ok('case', 'import', '-', stdin=json.dumps(
        {'id': 'with-fields', 'title': 'With fields', 'description': '',
         'connector': {'id': 'k', 'name': 'S', 'type': '.servicenow', 'fields': fields}}))
    equal(done[counted], 1)
    return done['ids'][0]


def fails_push(w, code, *args):
    answer = w.run('push', *args, '--json')
    result, = answer.json['results']
    equal((answer.code != 0, result['error']['code']), (True, code))


@test
def pushed_by_kibana_and_written_there(w):
    """What stands in an incident that Kibana made was never seen here, so it is not overwritten unsaid."""
    simulator = w.start('jira-datacenter')
    w.add(simulator, 'J')
    made = w.push(w.case('Made by Kibana'), '--connector', 'J')[0]['incident']
    case = import_pushed(w, made)
    simulator.control('PATCH', 'incidents/' + made['title'], {'description': 'Precious text'})
    w.ok('case', 'edit', case, '--description', 'Ours')
    fails_push(w, 'conflict', case, '--connector', 'J', '--on-conflict', 'stop')
    assert 'Precious text' in json.dumps(simulator.incidents())
    result, = w.push(case, '--connector', 'J')
    equal(result['outcome'], 'updated')
    assert any('Precious text' in a['text'] for a in w.show(case)['activity'] if a['kind'] == 'overwritten')


@test
def comments_of_kibana(w):
    """Each says itself whether Kibana has pushed it, in the first file and in a later one."""
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    made = w.push(w.case('Made by Kibana'), '--connector', 'S')[0]['incident']
    before = len(simulator.control('GET', 'state')['journal'])
    comment = {'type': 'user', 'created_at': '2026-11-24T07:59:59.500Z', 'created_by': {'username': 'x'},
               'updated_at': None, 'updated_by': None, 'version': 'v'}
    sent = {**comment, 'id': 'c1', 'comment': 'In the push', 'pushed_at': '2026-11-24T08:00:00.000Z'}
    late = {**comment, 'id': 'c2', 'comment': 'While it ran', 'pushed_at': None}
    case = import_pushed(w, made, [sent, late], kind='.servicenow')
    w.push(case, '--connector', 'S')
    journal = json.dumps(simulator.control('GET', 'state')['journal'][before:])
    assert 'While it ran' in journal and 'In the push' not in journal, journal
    later = {**comment, 'id': 'c3', 'comment': 'Pushed later', 'created_at': '2026-11-24T09:00:00.000Z',
             'pushed_at': '2026-11-24T09:01:00.000Z'}
    import_pushed(w, made, [sent, late, later], kind='.servicenow', pushed_at='2026-11-24T09:01:00.000Z')
    w.push(case, '--connector', 'S')
    assert 'Pushed later' not in json.dumps(simulator.control('GET', 'state')['journal'])


@test
def older_file(w):
    """A script is told when an old export takes newer words away."""
    case = w.case('First')
    export = w.run('case', 'export', '--json').out
    equal(w.ok('case', 'import', '-', stdin=export)['warnings'], [])
    w.ok('case', 'edit', case, '--title', 'Second')
    done = w.ok('case', 'import', '-', stdin=export)
    equal((done['updated'], w.show(case)['title']), (1, 'First'))
    assert any('changed later' in warning for warning in done['warnings']), done


@test
def security_incidents_are_others(w):
    """ServiceNow keeps them in another table under the same address."""
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    case = import_pushed(w, {'id': '0' * 32, 'title': 'SIR0010001', 'url': simulator.url +
                            '/nav_to.do?uri=sn_si_incident.do?sys_id=' + '0' * 32}, kind='.servicenow-sir')
    equal(w.ok('case', 'incident', case)['incidents'], [])


@test
def cleared_fields_of_kibana(w):
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    fields = {'urgency': '2', 'additionalFields': '{"u_text": "x", "category": null}'}
    case = import_fields(w, fields)
    equal(w.ok('case', 'connector', case)['fields'], {'extra.u_text': 'x', 'urgency': '2'})
    nothing = {'urgency': None, 'additionalFields': '{"u_text": null}'}
    equal(import_fields(w, nothing, counted='updated'), case)
    equal(w.ok('case', 'connector', case)['fields'], {})
    equal(import_fields(w, nothing, counted='unchanged'), case)


@test
def dropped_by_servicenow(w):
    """It takes a write, says nothing, and leaves a field as it was, or cuts it."""
    simulator = w.start('servicenow', 'dictionary-readable=false', 'description-length=1000')
    w.add(simulator, 'S')
    case = w.case('First', '--description', 'word ' * 300)
    result, = w.push(case, '--connector', 'S')
    assert any('“description”' in warning for warning in result['warnings']), result
    simulator.control('POST', 'options', {'drop-field': 'short_description'})
    w.ok('case', 'edit', case, '--title', 'Second')
    result, = w.push(case, '--connector', 'S')
    assert any('did not take the field “short_description”' in warning for warning in result['warnings']), result


@test
def reference_is_hidden(w):
    """A search whose condition ServiceNow ignores brings other incidents: it proves nothing."""
    simulator = w.start('servicenow', 'hidden-field=correlation_id')
    w.add(simulator, 'S')
    w.push(w.case('Another one'), '--connector', 'S')
    simulator.fault(kind='lost', method='POST')
    case = w.case('Lost')
    fails_push(w, 'uncertain', case, '--connector', 'S')
    fails_push(w, 'uncertain', case, '--connector', 'S')
    equal(len(simulator.incidents()), 2)


@test
def empty_page_of_jira(w):
    simulator = w.start('jira-cloud', 'empty-pages=true')
    w.add(simulator, 'J')
    simulator.fault(kind='lost', method='POST', path='*/issue')
    equal(w.push(w.case('Lost'), '--connector', 'J')[0]['outcome'], 'created')
    equal(len(simulator.incidents()), 1)


@test
def deployment_is_unknown(w):
    """A page instead of what Jira is: nothing follows from it, least of all that a search finds all."""
    simulator = w.start('jira-cloud')
    w.add(simulator, 'J')
    simulator.fault(kind='html', path='*/serverInfo', count=-1)
    fails_push(w, 'invalid-response', w.case(), '--connector', 'J')
    equal(simulator.incidents(), [])


@test
def internal_comments_stay_in_their_project(w):
    simulator = w.start('jira-cloud', 'service-desk=true')
    w.add(simulator, 'Other', settings=['projectKey=OPS'])
    w.add(simulator, 'Desk', settings=['commentVisibility=internal'])
    made = w.push(w.case('Elsewhere'), '--connector', 'Other')[0]['incident']['title']
    case = w.case('Ours')
    w.ok('case', 'comment', 'add', case, 'For colleagues only')
    w.ok('case', 'connector', case, 'Desk')
    w.fails(1, 'forbidden', 'case', 'incident', case, '--link', made, field='commentVisibility')
    assert 'colleagues' not in json.dumps(simulator.control('GET', 'state'))


@test
def words_of_a_refusal(w):
    """A refusal says why in many forms: as JSON, as a sentence, as a page with a title."""
    simulator = w.start('jira-datacenter')
    w.add(simulator, 'J')
    simulator.fault(kind='status', path='*/createmeta*', status=403, count=-1,
                    body='{"errorMessages":["Basic Authentication has been disabled on this instance."],"errors":{}}')
    result, = w.run('push', w.case(), '--connector', 'J', '--json').json['results']
    assert 'has been disabled' in result['error']['message'], result
    simulator.control('DELETE', 'faults')
    simulator.fault(kind='status', path='*/issue', status=400, body='{"errorMessages":[],"errors":{}}')
    result, = w.run('push', w.case(), '--connector', 'J', '--json').json['results']
    assert '{' not in result['error']['message'], result
    w.add(w.start('servicenow', 'hibernating=true'), 'S')
    answer = w.run('connector', 'test', 'S', '--json')
    equal((answer.code, answer.json['error']['code']), (1, 'invalid-response'))
    assert 'Hibernating' in answer.json['error']['message'], answer.out


@test
def reference_field_of_many_lines(w):
    """It comes back wrapped, so nothing would ever be found by it."""
    simulator = w.start('resilient')
    w.add(simulator, 'R', settings=['referenceField=soc_summary'])
    fails_push(w, 'invalid-field', w.case(), '--connector', 'R')
    equal(simulator.incidents(), [])


@test
def closed_remotely(w):
    simulator = w.start('jira-cloud')
    w.add(simulator, 'J')
    case = w.case()
    key = w.push(case, '--connector', 'J')[0]['incident']['title']
    simulator.control('PATCH', 'incidents/' + key, {'status': 'Done'})
    w.ok('case', 'edit', case, '--title', 'Edited')
    for args in (['--dry-run'], []):
        result, = w.push(case, '--connector', 'J', *args)
        assert any('is closed in Jira' in warning for warning in result['warnings']), result
    equal(simulator.incidents()[0]['fields']['summary'], 'Edited')


@test
def push_closes(w):
    w.add(w.start('resilient'), 'R')
    case = w.case()
    w.ok('settings', 'close-on-push', 'on')
    result, = w.push(case, '--connector', 'R')
    equal((result['outcome'], result['case_status']), ('created', 'closed'))
    equal(w.show(case)['status'], 'closed')
    w.ok('case', 'status', case, 'open')
    w.ok('case', 'comment', 'add', case, 'x')
    equal(w.push(case, '--connector', 'R')[0]['case_status'], 'open')


@test
def first_signal_stops(w):
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    ids = [w.case('Case %d' % i) for i in range(2)]
    for case in ids:
        w.ok('case', 'comment', 'add', case, 'x')
    for number in (signal.SIGINT, signal.SIGTERM):
        simulator.control('POST', 'reset', {})
        simulator.fault(kind='delay', method='POST', count=-1, milliseconds=1500, processed=True)
        process = subprocess.Popen([CTL, '--json', 'push', *ids, '--connector', 'S'], env=w.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(0.7)
        process.send_signal(number)
        out, _ = process.communicate(timeout=20)
        equal(process.returncode, 130)
        results = json.loads(out)['results']
        equal([r['outcome'] for r in results], ['cancelled', 'cancelled'])
        equal([r['error']['code'] for r in results], ['cancelled', 'cancelled'])
        # They run side by side: the answer in flight of each is recorded.
        for result in results:
            assert result['incident'] is not None
            equal([s['state'] for s in result['steps']], ['done', 'pending'])
        equal([r['outcome'] for r in w.push(*ids, '--connector', 'S')], ['updated', 'updated'])
        equal(len(simulator.incidents()), 2)
        for case in ids:
            w.ok('case', 'incident', case, '--connector', 'S', '--unlink')


@test
def second_signal_ends(w):
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    case = w.case()
    simulator.fault(kind='hang', method='POST', count=-1)
    process = subprocess.Popen([CTL, '--json', 'push', case, '--connector', 'S'], env=w.env,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    equal(process.poll(), None)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=5)
    equal(process.returncode, 130)
    result, = json.loads(out)['results']
    equal((result['outcome'], result['steps'][0]['state']), ('cancelled', 'uncertain'))


@test
def signal_ends_other_commands(w):
    simulator = w.start('servicenow')
    w.add(simulator, 'S')
    simulator.fault(kind='hang', method='GET', count=-1)
    for args in (['connector', 'choices', 'S', 'urgency'], ['push', w.case(), '--connector', 'S',
                                                            '--dry-run']):
        process = subprocess.Popen([CTL, '--json', *args], env=w.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(0.7)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=5)
        equal(process.returncode, 130)
        assert '"cancelled"' in out, out


@test
def incidents(w):
    simulator = w.start('jira-cloud')
    w.add(simulator, 'J')
    first, second = w.case('First'), w.case('Second')
    incident = w.push(first, '--connector', 'J')[0]['incident']
    equal(w.ok('case', 'incident', second)['incidents'], [])
    linked = w.ok('case', 'incident', second, '--connector', 'J', '--link', incident['title'])
    equal([(i['id'], i['url']) for i in linked['incidents']], [(incident['id'], incident['url'])])
    equal(w.ok('case', 'incident', second, '--connector', 'J', '--unlink')['incidents'], [])
    w.ok('case', 'incident', second, '--connector', 'J', '--link', incident['url'])
    assert incident['title'] in w.run('case', 'incident', second).out
    w.fails(1, 'not-found', 'case', 'incident', second, '--connector', 'J', '--link', 'SEC-99')
    w.fails(1, 'not-found', 'case', 'incident', w.case(), '--connector', 'J', '--unlink')
    w.fails(1, 'invalid-argument', 'case', 'incident', second, '--unlink', field='connector')
    w.ok('connector', 'remove', 'J')
    equal(w.ok('case', 'incident', first)['incidents'][0]['connector'], None)


# Import and export

@test
def import_and_export(w):
    case = {'id': 'a0000000-0000-4000-8000-000000000000', 'title': 'Imported', 'description': 'd',
            'tags': ['x'], 'severity': 'high', 'status': 'in-progress',
            'created_at': '2024-01-01T00:00:00.000Z', 'created_by': {'username': 'kim'},
            'comments': [{'id': 'c0', 'type': 'user', 'comment': 'hello',
                          'created_at': '2024-01-02T00:00:00.000Z',
                          'created_by': {'username': 'kim'}}],
            'totalComment': 3, 'owner': 'securitySolution'}
    path = os.path.join(w.root, 'case.json')
    with open(path, 'w') as file:
        json.dump(case, file)
    document = w.ok('case', 'import', path)
    equal(list(document), ['schema', 'imported', 'updated', 'unchanged', 'ids', 'warnings'])
    equal((document['imported'], document['updated'], document['unchanged'], document['ids']),
          (1, 0, 0, [case['id']]))
    equal(len(document['warnings']), 1)
    case['title'] = 'Changed'
    equal(w.ok('case', 'import', '-', stdin=json.dumps({'cases': [case]}))['updated'], 1)
    equal(w.ok('case', 'import', '-', stdin=json.dumps([case]))['unchanged'], 1)
    shown = w.show('a000')
    equal((shown['title'], shown['status'], [c['text'] for c in shown['comments']]),
          ('Changed', 'in-progress', ['hello']))
    w.case('Another')
    export = w.run('case', 'export', '--json')
    equal(list(export.json), ['schema', 'cases'])
    equal(len(export.json['cases']), 2)
    pretty = w.run('case', 'export', 'a000')
    equal(len(json.loads(pretty.out)['cases']), 1)
    assert pretty.out.count('\n') > 5
    other = os.path.join(w.root, 'other')
    equal(w.ok('--data-dir', other, 'case', 'import', '-', stdin=export.out)['imported'], 2)
    equal(w.run('--data-dir', other, 'case', 'export', '--json').out, export.out)


@test
def import_bad_files(w):
    good = {'id': 'good', 'title': 't', 'description': '', 'tags': [],
            'created_at': '2024-01-01T00:00:00.000Z', 'created_by': {'username': 'x'},
            'comments': []}
    for text in ('', 'nonsense', '{', '42', '[{}]', json.dumps(good) + '\n' + json.dumps(good), json.dumps([good, {**good, 'id': 'bad',
                                                                       'title': 5}])):
        answer = w.run('case', 'import', '-', '--json', stdin=text)
        equal((text, answer.code), (text, 1))
        equal(list(answer.json), ['schema', 'error'])
    assert 'bad' in answer.json['error']['message'] and '2' in answer.json['error']['message']
    equal(w.ok('case', 'list')['total'], 0)
    w.fails(1, 'invalid-argument', 'case', 'import', '/nonexistent')
    w.fails(1, 'invalid-argument', 'case', 'import', w.root)


# Terminals

@test
def text_never_reaches_a_terminal_raw(w):
    evil = 'a\x1b[31mred\x1b]0;title\x07\x9b1m\u202eb'
    case = w.ok('case', 'new', '--title', evil, '--description', evil + '\r', '--tag', evil)['id']
    w.ok('case', 'comment', 'add', case, evil + '\r\nfake line')
    w.add(w.start('resilient'), 'R\x1b[5m')
    for args in (['case', 'list'], ['case', 'show', case], ['connector', 'list'],
                 ['connector', 'show', 'R\x1b[5m'], ['case', 'connector', case], ['case', 'show',
                                                                                  evil],
                 ['case', evil], ['push', case, '--dry-run', '--connector', 'R\x1b[5m']):
        answer = w.run(*args)
        for sign in '\x1b\x07\x9b\u202e\r':
            assert sign not in answer.out + answer.err, (args, sign, answer.out + answer.err)


@test
def colour_on_a_terminal_only(w):
    w.case()
    code, out = run_tty(w, 'case', 'list')
    equal(code, 0)
    assert '\033[' in out
    assert '\033' not in run_tty(w, 'case', 'list', env={'NO_COLOR': '1'})[1]
    assert '\033' not in run_tty(w, 'case', 'list', env={'TERM': 'dumb'})[1]
    assert '\033' not in run_tty(w, 'case', 'list', '--json')[1]
    assert '\033' not in w.run('case', 'list').out


def wait_for_question(fd):
    out = read_tty(fd, b'(password): ')
    end = time.time() + 5
    while termios.tcgetattr(fd)[3] & termios.ECHO and time.time() < end:
        time.sleep(0.01)
    return out


@test
def secrets_are_asked_for_without_echo(w):
    simulator = w.start('servicenow')
    args = ['connector', 'add', '--type', 'servicenow', '--name', 'S', '--url', simulator.url,
            '--set',
            'username=analyst']
    pid, fd = spawn_tty(w, *args)
    prompt = wait_for_question(fd)
    assert not termios.tcgetattr(fd)[3] & termios.ECHO
    os.write(fd, (SECRET + '\n').encode())
    out = prompt + read_tty(fd)
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
    os.close(fd)
    assert SECRET not in out, out
    equal(w.ok('connector', 'test', 'S')['ok'], True)


@test
def interrupted_question_restores_the_terminal(w):
    args = ['connector', 'add', '--type', 'servicenow', '--name', 'S', '--url',
            'https://example.org',
            '--set', 'username=u']
    for stop in ('type', signal.SIGTERM):
        pid, fd = spawn_tty(w, *args)
        wait_for_question(fd)
        slave = os.open(os.readlink('/proc/%d/fd/0' % pid), os.O_RDWR | os.O_NOCTTY)
        assert not termios.tcgetattr(slave)[3] & termios.ECHO
        if stop == 'type':
            os.write(fd, b'half\x03')
        else:
            os.kill(pid, stop)
        equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 130)
        assert termios.tcgetattr(slave)[3] & termios.ECHO
        os.close(slave)
        os.close(fd)
    equal(w.ok('connector', 'list')['connectors'], [])


@test
def nothing_is_asked_without_a_terminal(w):
    w.ok('connector', 'add', '--type', 'servicenow', '--name', 'S', '--url', 'https://example.org',
         '--set', 'username=u', stdin='password=ignored\n')
    equal(w.ok('connector', 'show', 'S')['connector']['has_secrets'], False)


@test
def other_locales(w):
    case = w.case('Ünïcode')
    for locale in ('C', 'POSIX'):
        equal(w.ok('case', 'show', case, env={'LC_ALL': locale})['case']['title'], 'Ünïcode')
        equal(w.ok('case', 'edit', case, '--add-tag', 'ß', env={'LC_ALL': locale})['case']['tags'],
              ['ß'])
        equal(w.run('case', 'list', env={'LC_ALL': locale}).code, 0)


@test
def messages_do_not_disturb_the_document(w):
    answer = w.run('case', 'list', '--json', env={'G_MESSAGES_DEBUG': 'all'})
    equal(answer.json['total'], 0)


@test
def full_disk_is_a_failure(w):
    w.case()
    with open('/dev/full', 'w') as full:
        done = subprocess.run([CTL, 'case', 'list', '--json'], env=w.env, stdout=full)
    equal(done.returncode, 1)


@test
def newer_database_is_refused(w):
    w.case()
    path = os.path.join(w.data, 'casebridge.db')
    with sqlite3.connect(path) as database:
        database.execute('PRAGMA user_version = 9999')
    database.close()
    w.fails(1, 'storage', 'case', 'list')


if __name__ == '__main__':
    sys.exit(main())
