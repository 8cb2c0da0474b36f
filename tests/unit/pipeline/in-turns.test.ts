import { inTurns } from '../../../server/pipeline/in-turns.ts';

describe('work in turns', () => {
  it('is done in order, and lets others be heard after each piece', async () => {
    const heard: string[] = [];
    const other = (name: string) => setImmediate(() => heard.push(name));
    const results = await inTurns(['a', 'b', 'c'], (piece, index) => {
      heard.push(piece);
      other(`after ${piece}`);
      return `${index}${piece}`;
    });
    expect(results).toEqual(['0a', '1b', '2c']);
    expect(heard).toEqual(['a', 'after a', 'b', 'after b', 'c', 'after c']);
  });

  it('ends with the first fault', async () => {
    const done: number[] = [];
    const work = inTurns([1, 2, 3], (piece) => {
      if (piece === 2) throw new Error('two');
      done.push(piece);
    });
    await expect(work).rejects.toThrow('two');
    expect(done).toEqual([1]);
  });
});
