'use strict';
// The pipe for what the program does not wait for. Writing to it never waits: what does not fit is queued.

const { Socket } = require('node:net');

/** @type {import('node:net').Socket | undefined} */
let socket;

/** Whether the event loop waits for less than it should, until it has turned once. */
let isStale = true;

/** @param {Uint8Array} message */
function sendEvent(message) {
  if (!socket) {
    isStale = true;
    socket = new Socket({ fd: 6, readable: false, writable: true });
    // The program is gone; whoever notices first ends this process.
    socket.on('error', () => {});
  }
  socket.write(message);
  if (socket.writableLength > 0) isStale = true;
}

/** Whether the event loop has to turn before it can be waited for. */
function takeStale() {
  const was = isStale;
  isStale = false;
  return was;
}

module.exports = { sendEvent, takeStale };
