import { connectOptions } from '../../../../server/adapters/mongo/connection.ts';

describe('options of a MongoDB connection', () => {
  it('asks for a majority and its journal, and for reads that stand', () => {
    expect(connectOptions({ uri: 'mongodb://db.example' })).toMatchObject({
      w: 'majority',
      journal: true,
      readConcernLevel: 'majority',
      readPreference: 'primary',
      serverSelectionTimeoutMS: 5_000,
    });
  });

  it('leaves to the address what the address names, in whatever letters', () => {
    const uri = 'mongodb://one.example,two.example/?replicaSet=rs0&W=3&journal=false&MaxPoolSize=7';
    const options = connectOptions({ uri });
    for (const name of ['w', 'journal', 'maxPoolSize']) expect(options).not.toHaveProperty(name);
    expect(options).toMatchObject({ readConcernLevel: 'majority', wtimeoutMS: 10_000 });
  });

  it('reads from the primary and keeps commands out of events, whatever the address says', () => {
    const uri = 'mongodb://db.example/?readPreference=secondaryPreferred&monitorCommands=true';
    expect(connectOptions({ uri })).toMatchObject({ readPreference: 'primary', monitorCommands: false });
  });

  it.each([
    ['mongodb://db.example', undefined, 'engagement'],
    ['mongodb://db.example/', undefined, 'engagement'],
    ['mongodb://db.example/?w=1', undefined, 'engagement'],
    ['mongodb://user:p%2Fw@db.example:1,db2.example/chats?w=1', undefined, 'chats'],
    ['mongodb+srv://db.example/chats', undefined, 'chats'],
    ['mongodb://db.example/chats', 'other', 'other'],
  ])('%s with the name %s uses the database %s', (uri, dbName, expected) => {
    const options = connectOptions(dbName === undefined ? { uri } : { uri, dbName });
    expect(options.dbName).toBe(expected);
  });
});
