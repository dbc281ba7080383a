#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what Casebridge costs; asserts nothing.

usage: benchmark.py push|window|frames
binaries by CASEBRIDGE, CASEBRIDGECTL, CASEBRIDGE_SIMULATOR, EMPTY_WINDOW, FRAMES
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

SYSTEMS = [
    ('servicenow', 'servicenow', ['username=analyst'], 'password=correct horse'),
    ('jira-datacenter', 'jira', ['projectKey=SEC', 'auth=bearer'], 'apiToken=correct-horse-token'),
    ('resilient', 'resilient', ['orgId=201', 'apiKeyId=analyst'], 'apiKeySecret=correct horse'),
]
N_COMMENTS = 100
N_STARTS = 7
N_CASES = 100000
N_PUSHED = 200


def environment(directory):
    return dict(os.environ, SECRET_BACKEND='file', SECRET_FILE_TEST_PATH=f'{directory}/keyring',
                SECRET_FILE_TEST_PASSWORD='pw', CASEBRIDGE_DATA_DIR=f'{directory}/data', HOME=directory,
                GSETTINGS_BACKEND='memory', GSK_RENDERER='cairo', GDK_DEBUG='gl-disable',
                ADW_DISABLE_PORTAL='1', GTK_A11Y='none')


def many_comments(number):
    return {'id': f'bench-{number}-0000', 'title': 'A case with many comments', 'description': 'Some **text**.',
            'comments': [{'id': f'c{i}', 'type': 'user', 'comment': f'Comment *{i}* of many, with `code`.',
                          'created_at': '2026-11-24T08:00:00.000Z'} for i in range(N_COMMENTS)]}


def measure(command, env):
    """Wall seconds and peak resident KiB of a whole process."""
    start = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.monotonic() - start, usage.ru_maxrss, json.loads(output), process.returncode


def push():
    ctl = os.environ['CASEBRIDGECTL']
    for kind, kind_type, settings, secret in SYSTEMS:
        with tempfile.TemporaryDirectory() as directory:
            env = environment(directory)
            simulator = subprocess.Popen([os.environ['CASEBRIDGE_SIMULATOR'], kind], stdout=subprocess.PIPE, text=True)
            try:
                url = simulator.stdout.readline().split()[1]
                add_connector(env, kind, kind_type, url, settings, secret)
                for number, state in enumerate(('cold', 'warm')):
                    case = many_comments(number)
                    subprocess.run([ctl, 'case', 'import', '-'], input=json.dumps(case), text=True, env=env,
                                   check=True, stdout=subprocess.DEVNULL)
                    wall, rss, document, code = measure([ctl, '--json', 'push', case['id'], '--connector', kind], env)
                    result = document['results'][0]
                    print(f'{kind:16} {state}: {wall:.3f} s, {rss / 1024:.1f} MB, {result["requests"]} requests '
                          f'for {N_COMMENTS} comments, {result["outcome"]}, exit {code}')
            finally:
                simulator.terminate()
                simulator.wait()


def many_cases():
    """Of all kinds; their days and words repeat, as they do in life."""
    return {'cases': [{
        'id': f'{number:08d}-0000-4000-8000-000000000000', 'title': f'Phishing {number % 97}, report {number}',
        'description': f'Some **text** about host {number % 1009}.', 'tags': [f'team {number % 13}'],
        'severity': ('low', 'medium', 'high', 'critical')[number % 4],
        'status': ('open', 'in-progress', 'closed')[number % 3],
        'created_at': f'2026-{1 + number % 11:02d}-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:00.000Z',
        'totalComment': int(number % 5 == 0),
        'comments': [{'id': f'c{number}', 'type': 'user', 'comment': f'Seen on host {number}.',
                      'created_at': '2026-11-20T08:00:00.000Z'}] if number % 5 == 0 else [],
    } for number in range(N_CASES)]}


def add_connector(env, kind, kind_type, url, settings, secret):
    subprocess.run([os.environ['CASEBRIDGECTL'], 'connector', 'add', '--type', kind_type, '--name', kind, '--url', url,
                    *[word for setting in settings for word in ('--set', setting)], '--secrets-stdin'],
                   input=secret, text=True, env=env, check=True, stdout=subprocess.DEVNULL)


def frames():
    ctl = os.environ['CASEBRIDGECTL']
    with tempfile.TemporaryDirectory() as directory:
        env = environment(directory)
        kind, kind_type, settings, secret = SYSTEMS[1]
        simulator = subprocess.Popen([os.environ['CASEBRIDGE_SIMULATOR'], kind], stdout=subprocess.PIPE, text=True)
        try:
            add_connector(env, kind, kind_type, simulator.stdout.readline().split()[1], settings, secret)
            subprocess.run([ctl, 'connector', 'default', kind], env=env, check=True, stdout=subprocess.DEVNULL)
            subprocess.run([ctl, 'case', 'import', '-'], input=json.dumps(many_cases()), text=True, env=env, check=True,
                           stdout=subprocess.DEVNULL)
            print(f'{N_CASES} cases, of which {N_PUSHED} are pushed', flush=True)
            subprocess.run([os.environ['FRAMES'], f'{directory}/data', str(N_PUSHED)], env=env, check=True)
        finally:
            simulator.terminate()
            simulator.wait()


def first_window(command, env):
    start = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(process.pid)],
                                   capture_output=True, text=True).stdout.split()
            if found:
                return time.monotonic() - start
            if process.poll() is not None or time.monotonic() - start > 20:
                raise SystemExit(f'{command[0]} showed no window')
    finally:
        process.kill()
        process.wait()


def window():
    with tempfile.TemporaryDirectory() as directory:
        env = environment(directory)
        commands = {'empty window': [os.environ['EMPTY_WINDOW']], 'casebridge': [os.environ['CASEBRIDGE']]}
        times = {name: [] for name in commands}
        for _ in range(N_STARTS + 1):
            for name, command in commands.items():
                times[name].append(first_window(command, env))
        medians = {name: statistics.median(values[1:]) for name, values in times.items()}
        for name, value in medians.items():
            print(f'{name:16} first window after {value * 1000:.0f} ms (median of {N_STARTS})')
        print(f'ratio            {medians["casebridge"] / medians["empty window"]:.2f}')


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
{'push': push, 'window': window, 'frames': frames}[sys.argv[1]]()
