#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two processes, two workspaces, edits in mid-push, old backups, wrong clocks. Prints TAP.

With --sample there are fewer rounds."""

import glob
import signal
import sys
import time
from datetime import datetime, timezone
from functools import partial

from proof import (KINDS, UNCERTAIN, begin, begin_push, check_once, end_push, equal, finish, main,
                   ready, remotes, resolve, state_of, test, wait_until)

LAG = 400  # milliseconds
QUEUED = 3
COMMENTS = ['Comment 1', 'Comment 2', 'Comment 3']
YEARS = {'back': -1, 'now': 0, 'forward': 1}


def comments_of(w, case):
    return {c['text']: c['id'] for c in w.show(case)['comments']}


# Two processes

def race(w, simulator, case, milliseconds):
    first = begin_push(w, case)
    time.sleep(milliseconds / 1000)
    for process in (first, begin_push(w, case)):
        code, words = end_push(process)
        equal((code, words if code else ''), (0, ''))
    check_once(w, simulator, case, 'Phishing', 'First description', COMMENTS[:2])


def two_processes(kind, rounds, w):
    simulator = w.start(kind)
    case = ready(w, simulator, comments=2)
    for number in range(rounds):
        copy = w.copy()
        simulator.control('POST', 'reset', {})
        race(copy, simulator, case, number % 25 * 2)
        copy.close()
    return '%d rounds' % rounds


def two_outboxes(kind, w):
    """Each takes what the other has not begun."""
    simulator = w.start(kind)
    case = ready(w, simulator, comments=2)
    cases = [case] + [w.case('Case %d' % n) for n in range(7)]
    w.push('--queue', *cases, code=QUEUED)
    for process in [begin(w, 'outbox', 'run') for _ in range(2)]:
        code, words = end_push(process)
        equal((code, words if code else ''), (0, ''))
    equal(sorted(i.title for i in remotes(simulator)),
          sorted(['Phishing'] + ['Case %d' % n for n in range(7)]))
    equal(sum(len(i.tokens) for i in remotes(simulator)), 2)
    equal({state_of(w, each) for each in cases}, {'up-to-date'})


def killed_outbox(kind, w):
    """What was queued stays queued until it is done, also what had begun."""
    simulator = w.start(kind)
    case = ready(w, simulator, comments=2)
    other = w.case('Other')
    w.push('--queue', case, other, code=QUEUED)
    for processed in (True, False):
        simulator.fault(kind='hang', method='POST', processed=processed)
        process = begin(w, 'outbox', 'run')
        # The other case may have been done by the first one already.
        wait_until(lambda: simulator.faults()[-1]['seen'] or process.poll() is not None,
                   'no such request')
        process.kill()
        process.communicate()
    simulator.control('DELETE', 'faults')
    answer = w.run('--json', 'outbox', 'run')
    titles = {case: 'Phishing', other: 'Other'}
    while answer.code == UNCERTAIN:
        # Which of the two the kill has hit is a matter of time.
        for push in [p for p in w.ok('outbox', 'list')['pushes'] if p['state'] == 'uncertain']:
            equal(resolve(w, simulator, push['case'], titles[push['case']]).code, 0)
        answer = w.run('--json', 'outbox', 'run')
    equal((answer.code, w.ok('outbox', 'list')['pushes']), (0, []))
    equal(sorted(i.title for i in remotes(simulator)), ['Other', 'Phishing'])
    equal(sum(len(i.tokens) for i in remotes(simulator)), 2)


# Two workspaces

def import_into(w, other, case):
    w.ok('case', 'import', '-', stdin=other.run('case', 'export', case, '--json').out)


def second_workspace(w, simulator, case):
    other = type(w)()
    other.ok('connector', 'default', other.add(simulator))
    import_into(other, w, case)
    return other


def settle(simulator):
    if simulator.kind == 'jira-cloud':
        time.sleep(LAG / 1000)


def both_push(w, other, simulator, case):
    finish(w, simulator, case)
    settle(simulator)
    finish(other, simulator, case)
    check_once(other, simulator, case, 'Phishing', 'First description', COMMENTS)
    other.ok('case', 'comment', 'add', case, 'From the second')
    finish(other, simulator, case)
    import_into(w, other, case)
    finish(w, simulator, case)
    for each in (w, other):
        check_once(each, simulator, case, 'Phishing', 'First description',
                   COMMENTS + ['From the second'])


def two_workspaces(kind, w):
    options = ['index-lag=%d' % LAG] if kind == 'jira-cloud' else []
    simulator = w.start(kind, *options)
    case = ready(w, simulator, comments=3)
    other = second_workspace(w, simulator, case)
    try:
        both_push(w, other, simulator, case)
    finally:
        other.close()


# Edits in mid-push

def edit_meanwhile(w, case):
    ids = comments_of(w, case)
    w.ok('case', 'comment', 'edit', case, ids['Comment 2'], 'Comment 2, edited')
    w.ok('case', 'comment', 'remove', case, ids['Comment 3'])
    w.ok('case', 'comment', 'add', case, 'Comment 4')
    w.ok('case', 'edit', case, '--title', 'Phishing, worse')


def edit_during(w, simulator, case, request, seconds):
    """One push is held up at the request while the case changes; it sends what it had seen."""
    simulator.fault(kind='delay', nth=request, milliseconds=int(seconds * 1000), processed=True)
    process = begin_push(w, case)
    wait_until(lambda: simulator.faults()[0]['seen'] >= request, 'no such request')
    edit_meanwhile(w, case)
    equal(process.poll(), None)
    code, words = end_push(process)
    equal((code, words if code else ''), (0, ''))
    equal(state_of(w, case), 'needs-push')


def rehearse(w, simulator, case):
    """Returns how many requests the push has, and far more time than the edits take."""
    copy = w.copy()
    finish(copy, simulator, case)
    start = time.monotonic()
    edit_meanwhile(copy, case)
    copy.close()
    return len(simulator.requests()), 0.3 + 3 * (time.monotonic() - start)


def edits_meanwhile(kind, w):
    simulator = w.start(kind)
    case = ready(w, simulator, comments=3)
    last, seconds = rehearse(w, simulator, case)
    for request in range(last - 4, last + 1):
        copy = w.copy()
        simulator.control('POST', 'reset', {})
        edit_during(copy, simulator, case, request, seconds)
        equal(len(remotes(simulator)[0].tokens), 3)
        finish(copy, simulator, case)
        check_once(copy, simulator, case, 'Phishing, worse', 'First description',
                   COMMENTS + ['Comment 2, edited', 'Comment 4'])
        equal(copy.push(case)[0]['requests'], 0)
        copy.close()
    return 'held up at each of 5 requests'


# Old backups

def before_the_first_push(kind, w):
    simulator = w.start(kind)
    case = ready(w, simulator, comments=3)
    backup = w.copy()
    finish(w, simulator, case)
    backup.ok('case', 'comment', 'add', case, 'After the restoration')
    finish(backup, simulator, case)
    check_once(backup, simulator, case, 'Phishing', 'First description',
               COMMENTS + ['After the restoration'])
    backup.close()


def restore_in_mid_push(w, simulator, case, request):
    """The backup was made while a push ran: it knows of a step whose answer it never saw."""
    simulator.fault(kind='hang', nth=request, processed=True)
    process = begin_push(w, case)
    wait_until(lambda: simulator.faults()[0]['seen'] >= request, 'no such request')
    process.send_signal(signal.SIGKILL)
    end_push(process)
    backup = w.copy()
    finish(w, simulator, case)
    w.ok('case', 'comment', 'add', case, 'Not in the backup')
    finish(w, simulator, case)
    finish(backup, simulator, case)
    check_once(backup, simulator, case, 'Phishing', 'First description',
               COMMENTS + ['Not in the backup'])
    backup.close()


def in_mid_push(kind, w):
    simulator = w.start(kind)
    case = ready(w, simulator, comments=3)
    finish(w, simulator, case)
    last = len(simulator.requests())
    fresh = type(w)()
    case = ready(fresh, simulator, comments=3)
    for request in range(last - 3, last + 1):
        copy = fresh.copy()
        simulator.control('POST', 'reset', {})
        restore_in_mid_push(copy, simulator, case, request)
        copy.close()
    fresh.close()


# Wrong clocks

def faked(years):
    """libfaketime of Debian, for the wall clock only: a monotonic clock is not set."""
    library, = glob.glob('/usr/lib/*/faketime/libfaketime.so.1')
    return {'LD_PRELOAD': library, 'FAKETIME': '%+dy' % YEARS[years],
            'FAKETIME_DONT_FAKE_MONOTONIC': '1'}


def set_clock(w, years):
    w.env.update(faked(years))
    w.env['ASAN_OPTIONS'] = w.env.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'


def check_clock(text, years):
    there = datetime.fromisoformat(text.replace('Z', '+00:00'))
    wrong = (there - datetime.now(timezone.utc)).days / 365
    equal(round(wrong), YEARS[years])


def killed_push(w, simulator, case):
    """At its last request, which is a comment or follows one."""
    simulator.control('DELETE', 'faults')
    simulator.fault(kind='hang', processed=True, method='PATCH' if simulator.kind == 'servicenow'
                    else 'POST', path='*/incident/*' if simulator.kind == 'servicenow'
                    else '*/comment*')
    process = begin_push(w, case)
    wait_until(lambda: simulator.faults()[0]['seen'] >= 1, 'no comment was sent')
    process.send_signal(signal.SIGKILL)
    end_push(process)


def written_under(w, case, order):
    """One comment under each clock, so that an order by time would be another one."""
    for number, years in enumerate(order, 1):
        set_clock(w, years)
        w.ok('case', 'comment', 'add', case, 'Comment %d' % number)


def clock(order, kind, w):
    simulator = w.start(kind)
    set_clock(w, order[0])
    case = ready(w, simulator, comments=0)
    check_clock(w.show(case)['created_at'], order[0])
    written_under(w, case, order)
    finish(w, simulator, case)
    for number, years in enumerate(order):
        set_clock(w, years)
        w.ok('case', 'edit', case, '--title', 'Phishing, %s' % years)
        w.ok('case', 'comment', 'add', case, 'Comment %d' % (len(order) + number + 1))
        killed_push(w, simulator, case)
        set_clock(w, order[number - 1])
        finish(w, simulator, case)
        equal(w.push(case)[0]['requests'], 0)
    check_once(w, simulator, case, 'Phishing, %s' % order[-1], 'First description',
               ['Comment %d' % (n + 1) for n in range(2 * len(order))])


def register():
    rounds = 50
    if '--sample' in sys.argv:
        sys.argv.remove('--sample')
        rounds = 8
    for kind in KINDS:
        test(partial(two_processes, kind, rounds), kind + '_two_processes')
        test(partial(two_outboxes, kind), kind + '_two_outboxes')
        test(partial(killed_outbox, kind), kind + '_killed_outbox')
        test(partial(two_workspaces, kind), kind + '_two_workspaces')
        test(partial(edits_meanwhile, kind), kind + '_edits_meanwhile')
        test(partial(before_the_first_push, kind), kind + '_backup_before_the_first_push')
        test(partial(in_mid_push, kind), kind + '_backup_in_mid_push')
        test(partial(clock, ['now', 'back', 'forward'], kind), kind + '_clock_back_and_forward')
        test(partial(clock, ['forward', 'now', 'back'], kind), kind + '_clock_forward_and_back')


if __name__ == '__main__':
    register()
    sys.exit(main(workers=2))
