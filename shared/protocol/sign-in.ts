/** One sign-in of the signed-in user, e.g. a tab of the console. */
export interface WireStaffSession {
  readonly id: string;
  /** Kind of browser and system, e.g. `Firefox on Windows`; no address is kept. */
  readonly client: string;
  readonly createdAt: string;
  /** When its tokens were renewed last, at the most as long ago as an access token lives. */
  readonly lastUsedAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** How many sign-ins were ended. */
export interface EndedSessions {
  readonly ended: number;
}
