"use strict";
// Draws the chart specs of a page, each when it comes near the screen, all of them before print.
(() => {
  const config = { displayModeBar: false, responsive: false, scrollZoom: false, doubleClick: false };

  const draw = (figure) => {
    const spec = figure.querySelector("script.spec");
    const canvas = figure.querySelector(".canvas");
    if (!spec || canvas.dataset.drawn) return;
    canvas.dataset.drawn = "yes";
    const { data, layout } = JSON.parse(spec.textContent);
    window.Plotly.newPlot(canvas, data, layout, config);
  };

  const figures = [...document.querySelectorAll("figure")];
  const openAll = () => document.querySelectorAll("details").forEach((d) => { d.open = true; });

  if (figures.length && !window.Plotly) {
    figures.forEach((figure) => {
      figure.querySelector(".canvas").textContent =
        "Диаграмма не нарисована: рядом нет файла assets/plotly.min.js. Числа — в таблице ниже.";
    });
  } else if (figures.length) {
    const watch = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
        watch.unobserve(entry.target);
        draw(entry.target);
      });
    }, { rootMargin: "800px" });
    figures.forEach((figure) => watch.observe(figure));
  }

  window.addEventListener("beforeprint", () => {
    openAll();
    if (window.Plotly) figures.forEach(draw);
  });
})();
