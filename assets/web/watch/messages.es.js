// Lo que dice la página de los espectadores, en español.

/** @type {import('./messages.js').Messages} */
export const messages = {
  title: 'Ver · Handlens',
  phone: 'Teléfono',
  unnamed: 'Un teléfono',
  fullScreen: 'Pantalla completa',
  small: 'Pequeña',
  smallLabel: 'Ventana pequeña sobre todas las demás',
  snapshot: 'Captura',
  snapshotLabel: 'Guardar la imagen con sus recuadros',
  snapshotSaved: 'La imagen está en tus descargas.',
  snapshotFailed: 'No se pudo guardar la imagen.',
  refusedByBrowser: 'El navegador no lo permite ahora.',
  detect: 'Detectar aquí',
  detectLabel: 'Detectar en este navegador en lugar de en el ordenador',
  more: 'Más',
  moreLabel: 'Detalles y teclas',
  play: 'Mostrar la imagen',
  counts: 'En la imagen',
  keys: 'Teclas: F pantalla completa, P ventana pequeña, S captura, D detectar aquí',
  model: 'Modelo',
  place: 'Se detecta',
  stats: 'Conexión',
  retryNow: 'Probar ahora',
  retry: (s) => `Próximo intento en ${s} s`,
  frameRate: (n) => `${n} imágenes/s`,
  delay: (ms) => `${ms} ms de retraso`,
  loss: (percent) => `${percent} % perdido por el camino`,
  codeLabel: 'Escribe el código que el ordenador muestra para espectadores',
  codeUse: 'Usar este código',
  codeBad: 'Un código tiene 12 letras y cifras. Compáralo con el de la pantalla.',

  onComputer: 'en el ordenador',
  provider: {
    wasm: 'en el procesador de este dispositivo',
    webgpu: 'en la tarjeta gráfica de este dispositivo',
  },
  pace: (ms, fps) => `${Math.round(ms)} ms, ` +
    `${fps < 10 ? fps.toFixed(1).replace('.', ',') : Math.round(fps)} imágenes/s`,
  loading: (percent) => `Cargando el modelo: ${percent} %`,
  starting: 'El modelo está arrancando…',
  slow: 'Este dispositivo es demasiado lento: tarda más de un segundo por imagen. Quizá el ' +
    'ordenador lo haga mejor.',
  notHere: {
    noEngine: 'El Handlens de este ordenador no tiene motor para navegadores; la detección sigue ' +
      'allí.',
    noModel: 'El ordenador no tiene ahora ningún modelo que entregar.',
    memory: 'Este dispositivo no tiene memoria suficiente para el modelo. La detección vuelve al ' +
      'ordenador.',
    engine: 'Este navegador no puede ejecutar el motor. La detección vuelve al ordenador.',
    model: 'El modelo no llegó entero. La detección vuelve al ordenador.',
    died: 'El navegador ha terminado la detección, quizá por falta de memoria. Vuelve al ' +
      'ordenador.',
    failed: 'El modelo no funciona en este navegador. La detección vuelve al ordenador.',
  },

  status: {
    connecting: 'Conectando con el ordenador',
    waiting: 'Esperando un teléfono',
    live: 'En directo',
    muted: 'Sin imagen por ahora',
    reconnecting: 'Conexión perdida, vuelve enseguida',
    ended: 'Terminado',
    error: 'Sin conexión',
  },
  muted: {
    blurred: 'Algo se está haciendo irreconocible, así que los espectadores no reciben imagen.',
    paused: 'El teléfono está en pausa.',
    other: 'El ordenador no envía imagen por ahora.',
  },

  waiting: {
    title: 'Esperando un teléfono',
    text: 'Ningún teléfono envía imagen ahora. Llegará en cuanto uno lo haga.',
  },
  hint: {
    approve: 'Si el ordenador pregunta por este navegador, permítelo allí.',
    full: 'Ya miran tantos como pueden. Probando de nuevo…',
    locked: 'Llegaron demasiados códigos erróneos de este dispositivo; el ordenador lo hace ' +
      'esperar.',
    unreachable:
      'El ordenador no responde. ¿Sigue abierta la app y está este dispositivo en su red?',
    blocked: 'El ordenador responde, pero el vídeo no pasa. Puede que lo impida un cortafuegos ' +
      'del ordenador o una wifi de invitados que separa los dispositivos.',
    server: 'El ordenador tuvo un problema con la conexión. Probando de nuevo…',
    modelLoading: 'El ordenador aún está cargando su modelo. Pronto habrá recuadros.',
    modelFailed: 'El ordenador no pudo cargar su modelo, así que no hay recuadros.',
    picture: 'Conectado. Esperando la primera imagen…',
  },

  ended: {
    title: 'El ordenador terminó la conexión',
    text: 'Ya no se envía ninguna imagen aquí.',
    button: 'Conectar de nuevo',
  },
  reasons: {
    'program-closed': 'Handlens se cerró en el ordenador.',
    'sent-away': 'Alguien la terminó en el ordenador.',
  },

  errors: {
    'no-token': {
      title: 'Al enlace le falta su código',
      text: 'Esta página se abrió sin el código que te deja mirar. Abre el enlace entero o ' +
        'escanea el código cuadrado que el ordenador muestra en «Mostrar en un navegador».',
      code: true,
    },
    unauthorized: {
      title: 'Este enlace ya no vale',
      text: 'El ordenador tiene ahora otro. Pide el enlace que muestra en este momento.',
      code: true,
    },
    unshared: {
      title: 'Ahora nadie puede mirar',
      text: 'En el ordenador, «Mostrar en un navegador» está desactivado. Pide a quien esté ' +
        'delante que lo active.',
      button: 'Probar de nuevo',
    },
    refused: {
      title: 'El ordenador dijo que no',
      text: 'No dejó mirar a este navegador. Pregunta a quien esté delante y prueba otra vez.',
      button: 'Probar de nuevo',
    },
    unacceptable: {
      title: 'Este navegador no puede reproducir el vídeo',
      text: 'El teléfono envía un tipo de vídeo que este navegador no acepta. Abre el enlace en ' +
        'otro navegador, como Chrome.',
      button: 'Probar de nuevo',
    },
    unsupported: {
      title: 'Este navegador no puede mostrar la imagen',
      text: 'Es demasiado antiguo o tiene WebRTC desactivado. Abre el enlace en un Chrome, ' +
        'Firefox, Edge o Safari reciente.',
    },
  },
};
