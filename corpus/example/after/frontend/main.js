import { h, render } from "preact";

async function show() {
  const answer = await fetch("/notes");
  const notes = await answer.json();
  render(h("ul", null, notes.map((note) => h("li", null, note))), document.body);
}

show();
