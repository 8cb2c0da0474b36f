import type { Connection, mongo } from 'mongoose';

/** In the database itself: nodes on other machines must not start on half a store either. */
export const RESTORE_STATE = 'restore_state';

type StateDocument = { _id: string; state: string };
const ID = 'restore';

const stateOf = (main: Connection): mongo.Collection<StateDocument> =>
  main.getClient().db(main.name).collection<StateDocument>(RESTORE_STATE);

/** What a restore noted of how far it has come. */
export async function readRestoreState(main: Connection): Promise<string | undefined> {
  return (await stateOf(main).findOne({ _id: ID }))?.state;
}

/** `undefined` takes the note away. */
export async function writeRestoreState(main: Connection, state: string | undefined): Promise<void> {
  if (state === undefined) await stateOf(main).deleteOne({ _id: ID });
  else await stateOf(main).replaceOne({ _id: ID }, { state }, { upsert: true });
}
