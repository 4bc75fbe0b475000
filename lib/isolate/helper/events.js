'use strict';
// The pipe for what the program does not wait for. Writing to it never waits: what does not fit is queued.

const { Socket } = require('node:net');

/** @type {import('node:net').Socket | undefined} */
let socket;

function openEvents() {
  if (!socket) {
    socket = new Socket({ fd: 6, readable: false, writable: true });
    // The program is gone; whoever notices first ends this process.
    socket.on('error', () => {});
  }
  return socket;
}

module.exports = { openEvents };
