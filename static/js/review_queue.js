/* What is answered at the desk on its way to the server: one after the other, in order, each once. It is kept in the
   browser until the server has said that it is saved, so that neither a lost connection nor a reload loses an answer.
   An answer that was saved without our hearing of it is sent again; the server knows it. */
"use strict";

const PATIENCE = 20_000; // milliseconds for one answer
const SLOWEST = 15_000; // between two tries
const PAINTED = 30; // milliseconds after which what was answered has been painted: on a busy machine that goes first

class SendQueue {
  /* `heard` is told what became of each item: saved, conflict, refused(item, data), and state(name, how many). */
  constructor(name, heard) {
    this.name = name;
    this.heard = heard;
    this.revisions = {};
    this.seen = {};
    this.sending = false;
    this.tries = 0;
    this.items = JSON.parse(sessionStorage.getItem(name) || "[]");
    window.addEventListener("online", () => this.run());
    window.addEventListener("focus", () => this.run());
    window.addEventListener("beforeunload", (event) => {
      if (this.items.length && this.tries) event.preventDefault();
    });
  }

  /* item: {film, url, fields: [[name, value]], revision, seen}; the latter two are what the film was like. */
  add(item) {
    this.items.push(item);
    this.keep();
    setTimeout(() => this.run(), PAINTED);
  }

  /* Items of a film that were not sent yet, taken out. */
  takeOut(film) {
    const taken = this.items.filter((item) => item.film === film);
    this.items = this.items.filter((item) => item.film !== film);
    this.keep();
    return taken;
  }

  of(film) {
    return this.items.filter((item) => item.film === film);
  }

  keep() {
    sessionStorage.setItem(this.name, JSON.stringify(this.items));
  }

  async run() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.later);
    let going = true;
    while (going && this.items.length) {
      this.heard.state(this.tries ? "waiting" : "saving", this.items.length);
      going = await this.send(this.items[0]);
    }
    this.sending = false;
    if (!this.items.length) {
      this.heard.state("saved", 0);
      for (const resolve of this.idlers?.splice(0) || []) resolve();
    }
  }

  /* Resolves when nothing waits any more. */
  idle() {
    if (!this.items.length) return Promise.resolve();
    return new Promise((resolve) => (this.idlers ||= []).push(resolve));
  }

  async send(item) {
    const revision = this.revisions[item.film] ?? item.revision;
    let response;
    let data = {};
    try {
      const seen = this.seen[item.film] ?? item.seen ?? "";
      response = await ask(item.url, [...item.fields, ["revision", revision], ["seen", seen]]);
      if (response.type === "opaqueredirect" || response.status === 403) return this.wait("signed-out");
      if (response.status >= 500 || response.status === 429) return this.wait("waiting");
      data = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
    } catch {
      return this.wait("waiting");
    }
    this.tries = 0;
    this.items.shift();
    this.keep();
    if (data.revision && item.film) this.revisions[item.film] = data.revision;
    if (data.seen && item.film) this.seen[item.film] = data.seen;
    if (response.ok) this.heard.saved(item, data);
    else if (data.conflict) this.heard.conflict(item, data);
    else this.heard.refused(item, data);
    return true;
  }

  wait(why) {
    this.heard.state(why, this.items.length);
    this.tries += 1;
    this.later = setTimeout(() => this.run(), Math.min(500 * 2 ** this.tries, SLOWEST));
    return false;
  }
}

/* A form's fields to the server, as a script: the answer is data, and where one is signed out it is a redirection. */
function ask(url, fields, method = "POST") {
  const options = {
    method,
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  };
  if (method === "POST") {
    options.body = new URLSearchParams(fields);
    options.headers["X-CSRFToken"] = document.querySelector("[name=csrfmiddlewaretoken]").value;
  }
  return fetch(url, options);
}
