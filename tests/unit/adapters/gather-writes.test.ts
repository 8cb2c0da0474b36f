import { Writable } from 'node:stream';
import { gatherWrites } from '../../../server/adapters/socket/gather-writes.ts';

/** A socket that notes which chunks went out together. */
function recordingSocket() {
  const sent: string[][] = [];
  const socket = new Writable({
    write: (chunk, _encoding, done) => {
      sent.push([String(chunk)]);
      done();
    },
    writev: (chunks, done) => {
      sent.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  return { socket, sent };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('writes to a WebSocket', () => {
  it('go out together when one turn and its promises made them, in their order', async () => {
    const { socket, sent } = recordingSocket();
    gatherWrites(socket as never);
    socket.write('a');
    await Promise.resolve();
    socket.write('b');
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toEqual([['a', 'b']]);
  });

  it('wait for no later turn, and keep their callbacks', async () => {
    const { socket, sent } = recordingSocket();
    gatherWrites(socket as never);
    const written = new Promise<void>((resolve) => socket.write('a', () => resolve()));
    await written;
    socket.write('b');
    await turn();
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('are not lost when the socket ends in the same turn', async () => {
    const { socket, sent } = recordingSocket();
    gatherWrites(socket as never);
    socket.write('a');
    socket.end('b');
    await new Promise<void>((resolve) => socket.once('finish', resolve));
    expect(sent.flat()).toEqual(['a', 'b']);
  });
});
