#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workspaces that earlier versions made: nothing is lost, and a push sends only what is new. Prints TAP.

There is one of each schema, made by the script beside this file."""

import base64
import json
import os
import shutil
import sqlite3
import sys
import urllib.request
from functools import partial

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'proof'))

from proof import SLOW, Workspace, equal, main, remotes, test  # noqa: E402

KINDS = {'Jira': ('jira-datacenter', 'apiToken'), 'SOAR': ('resilient', 'apiKeySecret')}
LOGIN = 'Basic ' + base64.b64encode(b'analyst:correct horse').decode()


def schema_of(path):
    database = sqlite3.connect(path)
    try:
        return database.execute('PRAGMA user_version').fetchone()[0]
    finally:
        database.close()


def latest_schema():
    """The number that this program gives to a new workspace."""
    w = Workspace()
    try:
        w.ok('settings')
        return schema_of(os.path.join(w.data, 'casebridge.db'))
    finally:
        w.close()


def replace_everywhere(path, old, new):
    """In each text of each table: the simulators of today listen elsewhere than those of then."""
    database = sqlite3.connect(path)
    tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'case_search%'"
                              " AND name NOT LIKE 'sqlite_%'").fetchall()
    for (table,) in tables:
        for column in database.execute(f'PRAGMA table_info ({table})').fetchall():
            if column[2] == 'TEXT':
                database.execute(f'UPDATE {table} SET {column[1]} = replace ({column[1]}, ?, ?)'
                                 f' WHERE instr ({column[1]}, ?)', (old, new, old))
    database.commit()
    database.close()


def repeat(simulator, requests):
    """Brings a new simulator to the state that the old program left."""
    for request in requests:
        again = urllib.request.Request(simulator.url + request['target'], request['body'].encode(),
                                       {**request['headers'], 'Authorization': LOGIN}, method=request['method'])
        urllib.request.urlopen(again).close()


class Old:
    """A workspace of an earlier version, and the systems as that version left them."""

    def __init__(self, w, number):
        self.w = w
        path = os.path.join(HERE, f'schema-{number}')
        assert os.path.exists(path + '.db'), \
            f'no workspace of schema {number} is kept: run tests/workspaces/make BUILD_DIR, add its two files'
        equal(schema_of(path + '.db'), number)
        with open(path + '.json', encoding='utf-8') as file:
            said = file.read()
        self.simulators = {name: w.start(kind) for name, (kind, _) in KINDS.items()}
        os.makedirs(w.data)
        self.database = os.path.join(w.data, 'casebridge.db')
        shutil.copy(path + '.db', self.database)
        for name, url in json.loads(said)['urls'].items():
            replace_everywhere(self.database, url, self.simulators[name].url)
            said = said.replace(url, self.simulators[name].url)
        self.said = json.loads(said)
        self.cases = self.said['cases']
        for name, simulator in self.simulators.items():
            repeat(simulator, self.said['requests'][name])

    def give_secrets(self):
        """A keyring does not come with a file."""
        for name, (_, key) in KINDS.items():
            self.w.ok('connector', 'update', name, '--secrets-stdin', stdin=f'{key}=correct horse\n')

    def push(self, name):
        """Returns what a push says, and its writing requests."""
        for simulator in self.simulators.values():
            simulator.control('DELETE', 'requests')
        answer = self.w.run('--json', 'push', self.cases[name], limit=SLOW)
        equal(answer.code, 0)
        sent = [r for simulator in self.simulators.values() for r in simulator.requests()
                if r['method'] != 'GET' and 'query_paged' not in r['path']]
        return answer.json['results'][0], sent


def check_kept(before, now, where):
    """All that the old program said is said today; there may be more."""
    if isinstance(before, dict):
        for key, value in before.items():
            assert key in now, f'{where}: {key} is missing'
            check_kept(value, now[key], f'{where}.{key}')
    elif isinstance(before, list):
        equal(len(now), len(before))
        for number, pair in enumerate(zip(before, now)):
            check_kept(*pair, f'{where}[{number}]')
    else:
        assert before == now, f'{where}: {now!r} is not {before!r}'


def nothing_is_lost(number, latest, w):
    old = Old(w, number)
    for words, before in old.said['answers']:
        check_kept(before, w.ok(*words), ' '.join(words))
    equal(schema_of(old.database), latest)


def only_news_are_sent(number, w):
    old = Old(w, number)
    old.give_secrets()
    result, sent = old.push('changed')
    equal((result['outcome'], [step['kind'] for step in result['steps']], len(sent)),
          ('updated', ['update', 'comment'], 2))
    result, sent = old.push('closed')
    equal((result['outcome'], result['case_status'], sent), ('up-to-date', 'closed', []))
    result, sent = old.push('broken')
    equal(([step['kind'] for step in result['steps'] if step['state'] == 'done'][-1:], len(sent)), (['comment'], 1))
    result, sent = old.push('never')
    equal((result['outcome'], len(sent)), ('created', 1))
    for name in old.cases:
        result, sent = old.push(name)
        equal((result['outcome'], sent), ('up-to-date', []))
    check_once(old)


def check_once(old):
    jira = {incident.title: incident for incident in remotes(old.simulators['Jira'])}
    equal(sorted(jira), ['Broken off', 'Never sent', 'Phishing, worse'])
    equal([text.split('\n')[0] for text in jira['Phishing, worse'].comments],
          ['First finding', 'Second finding', 'First finding, corrected', 'Third finding'])
    equal([text.split('\n')[0] for text in jira['Broken off'].comments], ['Arrived', 'Refused'])
    soar = remotes(old.simulators['SOAR'])
    equal([(incident.title, len(incident.comments)) for incident in soar], [('Stolen laptop', 1)])


LATEST = latest_schema()
for schema in range(1, LATEST + 1):
    test(partial(nothing_is_lost, schema, LATEST), f'nothing is lost of schema {schema}')
    test(partial(only_news_are_sent, schema), f'of a workspace of schema {schema} only news are sent')

if __name__ == '__main__':
    sys.exit(main(workers=2))
