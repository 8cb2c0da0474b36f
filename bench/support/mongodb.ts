import { randomUUID } from 'node:crypto';
import mongoose from 'mongoose';

/** A database of a MongoDB server that nothing else uses. */
export interface ScratchDatabase {
  /** The server's address with the database in it. */
  readonly uri: string;
  readonly version: string;
  /** CPU seconds that the database's process has used; undefined where it does not say. */
  cpuSeconds(): Promise<number | undefined>;
  /** Drops the database. */
  close(): Promise<void>;
}

export async function openScratchDatabase(server: string): Promise<ScratchDatabase> {
  const name = `bench_${randomUUID()}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const connection = await mongoose.createConnection(server).asPromise();
  const admin = connection.getClient().db('admin');
  const status = () => admin.command({ serverStatus: 1 });
  return {
    uri: url.toString(),
    version: String((await status()).version),
    cpuSeconds: async () => {
      const extra = (await status()).extra_info ?? {};
      const micros = Number(extra.user_time_us) + Number(extra.system_time_us);
      return Number.isNaN(micros) ? undefined : micros / 1e6;
    },
    close: async () => {
      await connection.getClient().db(name).dropDatabase();
      await connection.close();
    },
  };
}
