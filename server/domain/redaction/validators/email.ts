/**
 * An e-mail address as people write it (RFC 5321, 4.1.2: dot-string local part of at most 64 characters, domain
 * of labels of at most 63), with letters beyond ASCII allowed (RFC 6531). Quoted local parts are left out.
 */
export const isEmail = (text: string): boolean =>
  text.length <= 254 &&
  /^[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}]{2,63}$/u.test(text);
