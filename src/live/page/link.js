// The socket: comes back by itself, and knows when it is dead.

const DEAD = 20000; // the server speaks every 15 s
const LONGEST = 3000;

export class Link extends EventTarget {
  constructor(base) {
    super();
    const address = new URL(`${base}ws`, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    address.hash = '';
    this.address = address;
    this.wait = 0;
    const now = () => this.socket?.readyState !== WebSocket.OPEN && this.connect();
    addEventListener('online', now);
    document.addEventListener('visibilitychange', () => document.hidden || now());
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    if (this.socket?.readyState === WebSocket.CONNECTING) return;
    const socket = (this.socket = new WebSocket(this.address));
    socket.onmessage = (event) => {
      this.wait = 0;
      this.listen();
      const message = JSON.parse(event.data);
      if (message.type !== 'ping') this.dispatchEvent(new CustomEvent('message', { detail: message }));
    };
    socket.onclose = () => this.lost(socket);
    this.listen();
  }

  listen() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.lost(this.socket), DEAD);
  }

  lost(socket) {
    if (socket !== this.socket) return;
    socket.onclose = socket.onmessage = null;
    socket.close();
    this.socket = null;
    this.dispatchEvent(new Event('lost'));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(LONGEST, Math.max(250, this.wait * 2));
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
