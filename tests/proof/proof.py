# SPDX-License-Identifier: GPL-3.0-or-later
"""What the proofs share: a case ready to be pushed, what really is in a system, the analyst."""

import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'cli'))

from harness import CTL, KINDS, Workspace, equal, main, test  # noqa: E402,F401

TOKEN = re.compile(r'\[(cb-[A-Z2-7]{10})\]')
TITLES = {'servicenow': 'short_description', 'resilient': 'name'}
UNCERTAIN = 6
SLOW = 60  # seconds; far above what a push takes, also under a sanitizer


class Remote:
    """One incident as the system holds it, not as its API shows it."""

    def __init__(self, kind, incident, journal):
        fields = incident.get('fields', incident)
        self.id = str(incident.get('id') or incident.get('sys_id'))
        self.title = fields[TITLES.get(kind, 'summary')]
        self.description = text_of(fields['description'])
        self.comments = [text_of(c.get('body') or c.get('text') or c.get('value'))
                         for c in (incident['comments'] if journal is None else
                                   [e for e in journal if e['element_id'] == self.id])]

    @property
    def tokens(self):
        return [token for text in self.comments for token in TOKEN.findall(text)]


def text_of(value):
    return value['content'] if isinstance(value, dict) else value


def remotes(simulator):
    state = simulator.control('GET', 'state')
    return [Remote(simulator.kind, i, state.get('journal')) for i in state['incidents']]


def ready(w, simulator, comments=5):
    """A case with comments, whose default connector leads to the simulator."""
    w.ok('connector', 'default', w.add(simulator))
    case = w.case('Phishing', '--description', 'First description')
    for number in range(comments):
        w.ok('case', 'comment', 'add', case, 'Comment %d' % (number + 1))
    return case


def begin(w, *args):
    return subprocess.Popen([CTL, '--json', *args], env=w.env, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def begin_push(w, case):
    return begin(w, 'push', case)


def end_push(process):
    out, err = process.communicate(timeout=SLOW)
    return process.returncode, out + err


def wait_until(condition, what):
    end = time.monotonic() + SLOW
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.004)


def state_of(w, case):
    row, = [r for r in w.ok('case', 'list')['cases'] if r['id'] == case]
    return row['push']['state']


def uncertain_step(w, case):
    push, = [p for p in w.ok('outbox', 'list')['pushes'] if p['case'] == case]
    step, = [s for s in push['steps'] if s['state'] == 'uncertain']
    return step


def decide(simulator, step, title=None):
    """What an analyst would say who looks into the system for the case, or for the only one."""
    there = [incident for incident in remotes(simulator) if title in (None, incident.title)]
    if step['kind'] == 'create':
        assert len(there) < 2, 'two incidents'
        return ['--link', there[0].id] if there else ['--send-again']
    token, = TOKEN.findall(str(step['values']))
    return ['--mark-sent' if any(token in i.tokens for i in there) else '--send-again']


def resolve(w, simulator, case, title=None):
    return w.run('--json', 'outbox', 'resolve', case, *decide(simulator, uncertain_step(w, case), title))


def finish(w, simulator, case, may_be_uncertain=False):
    """Pushes until it is done. Returns how often a decision was needed."""
    decisions = 0
    answer = w.run('--json', 'push', case)
    while answer.code == UNCERTAIN and may_be_uncertain and decisions < 5:
        decisions += 1
        answer = resolve(w, simulator, case)
    assert answer.code == 0, 'exit %d after %d decisions: %s' % (answer.code, decisions,
                                                                 answer.out + answer.err)
    return decisions


def check_once(w, simulator, case, title, description, comments):
    """Exactly one incident, each comment exactly once and in order, nothing left to do."""
    there = remotes(simulator)
    equal(len(there), 1)
    incident, = there
    equal(incident.title, title)
    assert description in incident.description, incident.description
    equal(len(incident.tokens), len(comments))
    equal(len(set(incident.tokens)), len(comments))
    for text, sent in zip(comments, incident.comments):
        assert text in sent, '%r instead of %r' % (sent, text)
    equal(state_of(w, case), 'up-to-date')
