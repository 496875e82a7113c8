// What JupyterLab and Notebook 7 load: a container as Module Federation has them, written by hand, so that nothing is
// built. It offers one plugin, and takes CodeMirror from the page, where every extension must share it.

(() => {
  const here = document.currentScript.src;
  let page;

  /** A module of the page: the version that is in use already, or the newest. @param {string} name */
  async function shared(name) {
    const offers = Object.entries(page[name] ?? {});
    if (!offers.length) {
      throw new Error(`jarvis_magic: this page does not share ${name}, so cells of %%jarvis stay as they are.`);
    }
    const newest = (one, other) => one.localeCompare(other, "en", { numeric: true });
    offers.sort(([a, x], [b, y]) => Boolean(x.loaded) - Boolean(y.loaded) || newest(a, b));
    const factory = await offers.at(-1)[1].get();
    return factory();
  }

  async function plugin() {
    const names = ["@codemirror/language", "@codemirror/state", "@codemirror/view", "@jupyterlab/codemirror"];
    const [{ prose }, language, state, view, lab] = await Promise.all([
      import(new URL("./prose.js", here).href),
      ...names.map(shared),
    ]);
    const extensionFor = prose({ ...language, ...state, ...view });
    const { EditorExtensionRegistry, IEditorExtensionRegistry } = lab;
    return {
      id: "jarvis_magic:prose",
      description: "Shows the cells of %%jarvis as prose, with their references highlighted.",
      autoStart: true,
      requires: [IEditorExtensionRegistry],
      activate: (_app, registry) =>
        registry.addExtension({
          name: "jarvis_magic:prose",
          factory: ({ model }) =>
            model?.type === "code"
              ? EditorExtensionRegistry.createImmutableExtension(extensionFor(model.sharedModel.getSource()))
              : null,
        }),
    };
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB.jarvis_magic = {
    init(scope) {
      page = scope;
    },
    async get() {
      const made = await plugin();
      return () => ({ __esModule: true, default: made });
    },
  };
})();
