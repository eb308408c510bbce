#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files between two snug-cli, as scripts send and take them: real processes on the loopback interface."""
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'fixtures'))
import snugtest
from snugtest import check, create, folder, join, make_file, sha256, start_server


def files_in(path):
    return sorted(entry.name for entry in path.iterdir())


def exchange(sizes, names, *options):
    """Ana offers these, Ben takes them all. Returns Ben's folder and both members' done events."""
    with start_server() as server:
        source, target = folder(), folder()
        paths = [make_file(source / name, size, seed=name) for size, name in zip(sizes, names)]
        sends = [word for path in paths for word in ('--send', path)]
        ana, code = create(server, *sends, '--sha256', '--until', f'sent={len(paths)}')
        ben = join(server, code, '--save-to', target, '--sha256', '--until', f'received={len(paths)}', *options)
        ben.expect_exit(0)
        ana.expect_exit(0)
        for path in paths:
            expected = sha256(path)
            for cli, direction in ((ana, 'out'), (ben, 'in')):
                done = cli.wait(event='transfer', state='done', name=path.name, direction=direction)
                check(done['sha256'] == expected and done['size'] == done['bytes'] == path.stat().st_size, done)
                check(len(done['fingerprint']) == 64, done)
            check(sha256(target / path.name) == expected, path.name)
            check(ben.wait(event='transfer', state='done', name=path.name)['path'] == str(target / path.name))
        check(files_in(target) == sorted(names), files_in(target))


def test_files_of_many_sizes():
    exchange([0, 1, 262143, 262144, 262145, 5_000_000], ['empty', 'one', 'less', 'piece', 'more', 'five.bin'])


def test_files_with_names_of_many_scripts():
    exchange([10, 11, 12, 13], ['Grüße aus Köln.txt', '日本語.txt', '🙂 smile.png', "name with spaces & 'quotes'.txt"])


def test_both_send_at_once():
    with start_server() as server:
        source, to_ana, to_ben = folder(), folder(), folder()
        first, second = make_file(source / 'first', 5_000_000), make_file(source / 'second', 5_000_001)
        words = ('--until', 'sent=1', '--until', 'received=1')
        ana, code = create(server, '--send', first, '--save-to', to_ana, *words)
        ben = join(server, code, '--send', second, '--save-to', to_ben, *words)
        ana.expect_exit(0)
        ben.expect_exit(0)
        check(sha256(to_ben / 'first') == sha256(first) and sha256(to_ana / 'second') == sha256(second))


def test_file_states_as_they_pass():
    with start_server() as server:
        source, target = folder(), folder()
        path = make_file(source / 'a', 300_000)
        ana, code = create(server, '--send', path)
        ben = join(server, code, '--save-to', target)
        ben.wait(event='transfer', state='done')
        ana.wait(event='transfer', state='done')
        for cli, direction in ((ana, 'out'), (ben, 'in')):
            events = [event for event in cli.events if event['event'] == 'transfer']
            states = list(dict.fromkeys(event['state'] for event in events))
            check(states == ['offered', 'accepted', 'running', 'done'], states)
            check(len({event['id'] for event in events}) == 1 and {event['direction'] for event in events} == {direction})
        ben.leave()
        ana.leave()


def test_declined_by_policy():
    with start_server() as server:
        target = folder()
        ana, code = create(server, '--send', make_file(folder() / 'a', 10))
        ben = join(server, code, '--accept', 'none', '--save-to', target)
        ana.wait(event='transfer', state='declined')
        ben.wait(event='transfer', state='declined')
        check(files_in(target) == [])
        ben.leave()
        ana.leave()


def test_nobody_to_ask():
    with start_server() as server:
        ana, code = create(server, '--send', make_file(folder() / 'a', 10))
        ben = join(server, code, cwd=folder())
        ana.wait(event='transfer', state='declined')
        ben.wait_error('--save-to')
        ben.leave()
        ana.leave()


def receive_again(policy, content, existing):
    """Ana sends a file whose name is taken in Ben's folder. Returns the folder and Ben's done event."""
    with start_server() as server:
        source, target = folder(), folder()
        (source / 'a.txt').write_text(content)
        (target / 'a.txt').write_text(existing)
        ana, code = create(server, '--send', source / 'a.txt', '--until', 'sent=1')
        ben = join(server, code, '--save-to', target, '--until', 'received=1', *policy)
        ben.expect_exit(0)
        ana.expect_exit(0)
        return target, ben.wait(event='transfer', state='done')


def test_conflict_keep_both():
    target, done = receive_again([], 'new', 'old')
    names = files_in(target)
    check(len(names) == 2 and (target / 'a.txt').read_text() == 'old', names)
    check(pathlib.Path(done['path']).read_text() == 'new' and done['path'] != str(target / 'a.txt'), done)


def test_conflict_replace():
    target, done = receive_again(['--on-conflict', 'replace'], 'new', 'old')
    check(files_in(target) == ['a.txt'] and (target / 'a.txt').read_text() == 'new', done)


def test_conflict_skip_identical():
    target, done = receive_again(['--on-conflict', 'skip-identical'], 'same', 'same')
    check(files_in(target) == ['a.txt'] and (target / 'a.txt').read_text() == 'same', done)
    target, done = receive_again(['--on-conflict', 'skip-identical'], 'new', 'old')
    check(len(files_in(target)) == 2 and (target / 'a.txt').read_text() == 'old', done)


def test_folder_stays_a_folder():
    with start_server() as server:
        source, target = folder() / 'Holiday', folder()
        for name, size in (('a.txt', 10), ('sub/b.bin', 1_500_000), ('sub/deep/empty', 0)):
            make_file(source / name, size, seed=name)
        (source / 'nothing').mkdir()
        (source / 'link').symlink_to('/etc/passwd')
        ana, code = create(server, '--send', source, '--sha256', '--until', 'sent=1')
        ben = join(server, code, '--save-to', target, '--sha256', '--until', 'received=1')
        ben.expect_exit(0)
        ana.expect_exit(0)
        done = ben.wait(event='transfer', state='done')
        check(done['path'] == str(target / 'Holiday') and done['size'] == done['bytes'] == 1_500_010, done)
        for name in ('a.txt', 'sub/b.bin', 'sub/deep/empty'):
            check(sha256(target / 'Holiday' / name) == sha256(source / name), name)
        check(files_in(target / 'Holiday') == ['a.txt', 'nothing', 'sub'], files_in(target / 'Holiday'))
        check(files_in(target) == ['Holiday'], files_in(target))


def test_only_some_of_a_folder():
    with start_server() as server:
        source, target = folder() / 'Holiday', folder()
        (source / 'sea').mkdir(parents=True)
        (source / 'empty').mkdir()
        make_file(source / 'list.txt', 10)
        make_file(source / 'sea' / 'one.jpg', 3_000_000)
        make_file(source / 'sea' / 'two.txt', 10)
        ana, code = create(server, '--send', source)
        ben = join(server, code, '--save-to', target, '--only', '*.jpg', '--only', 'empty', '--until', 'received=1')
        ben.expect_exit(0)
        check(files_in(target) == ['Holiday'], files_in(target))
        check(files_in(target / 'Holiday') == ['empty', 'sea'], files_in(target / 'Holiday'))
        check(files_in(target / 'Holiday' / 'sea') == ['one.jpg'])
        check(sha256(target / 'Holiday' / 'sea' / 'one.jpg') == sha256(source / 'sea' / 'one.jpg'))
        done = ana.wait(event='transfer', state='done')
        check(done['size'] == 3_000_000, done)
        # Nothing of it: declined, and a wait for it is over.
        cem = join(server, code, '--save-to', target, '--only', '*.png', '--until', 'received=1')
        cem.expect_exit(5)
        ana.wait(event='transfer', state='declined')
        check(files_in(target) == ['Holiday'])


def n_noted(target):
    """Pieces in the journal of what is under way there."""
    return sum((len(content) - content.find(b'\n') - 1) // 32
               for content in (journal.read_bytes() for journal in target.glob('.snug-*.journal')) if b'\n' in content)


def leave_unfinished(server, target, send='large.bin', *options):
    """Somebody receives half a file into that folder and is killed."""
    source = folder()
    path = make_file(source / 'large.bin', 60_000_000)
    make_file(source / 'small.bin', 100)
    ana, code = create(server, '--send', source / send, env=snugtest.environment(G_MESSAGES_DEBUG='snug-transfer'))
    ben = join(server, code, '--save-to', target, *options)
    # The sender writes a line for each half mebibyte.
    ana.wait_until(lambda: n_noted(target) > 0, 'piece')
    ben.kill()
    return ana, code, path


def test_unfinished_goes_on():
    with start_server() as server:
        target = folder()
        ana, code, path = leave_unfinished(server, target)
        ben = join(server, code, '--save-to', target, '--until', 'received=1')
        left = ben.wait(event='unfinished', name='large.bin', size=60_000_000, folder=str(target))
        check(0 < left['bytes'] < left['size'], left)
        ben.expect_exit(0)
        check(sha256(target / 'large.bin') == sha256(path) and files_in(target) == ['large.bin'], files_in(target))
        ana.leave()


def test_unfinished_choice_goes_on():
    """What was chosen stays chosen, without being said again."""
    with start_server() as server:
        target = folder()
        ana, code, path = leave_unfinished(server, target, '.', '--only', 'large.bin')
        ben = join(server, code, '--save-to', target, '--until', 'received=1')
        left = ben.wait(event='unfinished', size=60_000_000)
        check(0 < left['bytes'] < left['size'], left)
        ben.expect_exit(0)
        done = ben.wait(event='transfer', state='done')
        check(files_in(pathlib.Path(done['path'])) == ['large.bin'], done)
        check(sha256(pathlib.Path(done['path']) / 'large.bin') == sha256(path) and len(files_in(target)) == 1)
        ana.leave()


def test_unfinished_is_discarded():
    with start_server() as server:
        target = folder()
        ana, code, path = leave_unfinished(server, target)
        check(len(files_in(target)) == 2, files_in(target))
        ana.kill()
        ben = join(server, code, '--save-to', target, '--discard-unfinished')
        ben.wait(event='room')
        ben.leave()
        check(files_in(target) == [], files_in(target))


def test_who_is_away_gets_it_on_return():
    """Ben's computer sleeps while something is sent to him, and then while it is on its way."""
    path = folder()
    with start_server() as server:
        source = make_file(path / 'large.bin', 60_000_000)
        ben, code = create(server, '--name', 'Ben', '--save-to', path / 'inbox')
        ben.process.send_signal(signal.SIGSTOP)
        ana = join(server, code, '--name', 'Ana', '--send', source)
        ana.wait(event='transfer', direction='out', state='offered', peer=ana.wait(event='member')['id'])
        ben.process.send_signal(signal.SIGCONT)
        ana.wait(event='transfer', state='running')
        ben.process.send_signal(signal.SIGSTOP)
        ana.wait(event='transfer', state='paused')
        ben.process.send_signal(signal.SIGCONT)
        ana.wait(event='transfer', direction='out', state='done')
        check(sha256(path / 'inbox' / 'large.bin') == sha256(source))


def test_late_comer_sees_standing_offer():
    with start_server() as server:
        target = folder()
        path = make_file(folder() / 'a', 70_000)
        ana, code = create(server, '--send', path)
        ben = join(server, code, '--save-to', target / 'ben', '--until', 'received=1')
        ben.expect_exit(0)
        cem = join(server, code, '--save-to', target / 'cem', '--until', 'received=1')
        cem.expect_exit(0)
        check(sha256(target / 'ben' / 'a') == sha256(target / 'cem' / 'a') == sha256(path))
        ana.wait_count(2, event='transfer', state='done')
        ana.leave()


if __name__ == '__main__':
    snugtest.run([function for name, function in list(globals().items()) if name.startswith('test_')])
