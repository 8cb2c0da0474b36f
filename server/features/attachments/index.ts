export { type AttachmentLimits, Attachments } from './attachments.ts';
