export { CannedResponses } from './canned-responses.ts';
