// Lo que dice la página del teléfono, en español.

import { byPlatform } from './platform.js';

/** @type {import('./messages.js').Messages} */
export const messages = {
  flip: 'Girar',
  flipLabel: 'Cambiar entre la cámara trasera y la delantera',
  torch: 'Luz',
  torchLabel: 'Luz de la cámara',
  zoomLabel: 'Zoom',
  zoomIn: 'Acercar',
  zoomOut: 'Alejar',
  zoomValue: (value) => `${value < 10 ? value.toFixed(1).replace('.', ',') : Math.round(value)}×`,
  microphoneOff: 'Sin voz',
  microphoneOn: 'Con voz',
  microphoneLabel: 'Micrófono',
  microphoneWhy: 'Con el micrófono encendido, las grabaciones de tu ordenador tienen sonido; no ' +
    'va a ningún otro sitio.',
  microphoneYes: 'Encenderlo',
  notNow: 'Ahora no',
  more: 'Más',
  moreLabel: 'Elegir la cámara y ver los detalles de la conexión',
  stop: 'Parar',
  stopLabel: 'Apagar la cámara y salir',
  pause: 'Pausa',
  pauseLabel: 'Pausa: cámara apagada, no se envía nada',
  resume: 'Seguir',
  resumeLabel: 'Seguir con la cámara',
  camera: 'Cámara',
  cameraNumber: (n) => `Cámara ${n}`,
  lens: {
    back: 'Trasera', front: 'Frontal', ultraWide: 'ultra gran angular', wide: 'gran angular',
    telephoto: 'teleobjetivo', macro: 'macro', dual: 'doble', dualWide: 'doble gran angular',
    triple: 'triple',
  },
  lensOf: (side, lens) => `${side}, ${lens}`,
  size: 'Tamaño y frecuencia',
  automatic: 'Automático',
  model: 'Modelo',
  stats: 'Se envía',
  trust: '¿Tu navegador te ha avisado sobre esta página? Así se evita.',
  recording: 'Grabando',
  detecting: {
    running: 'detectando', loading: 'cargando su modelo', failed: 'sin modelo',
    stalled: 'sin recuadros',
  },
  retry: (s) => `Próximo intento en ${s} s`,
  retryNow: 'Intentar ahora',
  watchers: (n) => `${n} mirando`,
  frameRate: (n) => `${n} fps`,
  bitrate: (n) => `${n.toFixed(1).replace('.', ',')} Mbit/s`,
  roundTrip: (ms) => `${ms} ms ida y vuelta`,
  encoding: (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms por fotograma al codificar`,
  /** Of the encoder. */
  efficient: 'por hardware',
  limited: { cpu: 'frenado por este teléfono', bandwidth: 'frenado por la red' },
  codeLabel: 'o escribe el código que aparece al lado',
  codeUse: 'Usar este código',
  codeBad: 'Un código tiene 12 letras y cifras. Compáralo con el de la pantalla.',
  detect: {
    here: 'Detectar en este teléfono',
    begins: 'Este teléfono detecta ahora, como quiere el ordenador. Gasta más batería.',
    ends: 'El ordenador vuelve a detectar.',
    loading: (percent) => `Cargando el detector: ${percent} %`,
    starts: 'El detector se pone en marcha',
    ready: (took, fps) => `${Math.round(took)} ms por imagen · ${fps} imágenes por segundo`,
    slow: (fps) =>
      `Este teléfono va lento: ${fps} imágenes por segundo. El ordenador lo hace mejor.`,
    failed: {
      memory: 'Este teléfono no tiene memoria suficiente para el detector.',
      engine: 'Este navegador no puede ejecutar el detector.',
      model: 'No se pudo cargar el detector.',
    },
  },

  status: {
    ready: 'Listo',
    asking: 'Esperando la cámara',
    connecting: 'Conectando con el ordenador',
    live: 'En directo',
    reconnecting: 'Conexión perdida, volviendo',
    paused: 'En pausa',
    stopped: 'Parado',
    error: 'Sin conexión',
  },
  pauses: {
    user: {
      status: 'En pausa',
      title: 'En pausa',
      text: 'La cámara y el micrófono están apagados y no se envía nada.',
      button: 'Seguir',
    },
    computer: {
      status: 'En pausa desde el ordenador',
      title: 'En pausa desde el ordenador',
      text: 'La cámara y el micrófono están apagados y no se envía nada.',
      button: 'Seguir',
    },
    hidden: {
      status: 'En pausa en segundo plano',
      title: 'En pausa',
      text: 'La página sigue cuando vuelve a estar delante.',
      button: 'Seguir',
    },
    tap: {
      status: 'En pausa',
      title: 'Toca para seguir',
      text: 'El navegador quiere un toque antes de abrir otra vez la cámara, u otra aplicación ' +
        'aún la tiene.',
      button: 'Seguir',
    },
    camera: {
      status: 'En pausa',
      title: 'Otra cosa tiene la cámara',
      text: 'La tiene una llamada u otra aplicación. La imagen vuelve sola en cuanto quede libre.',
      button: 'Probar ahora',
    },
  },

  hint: {
    approve: 'Si el ordenador pregunta por este teléfono, permítelo allí.',
    full: 'El ordenador ya tiene todos los teléfonos que puede atender. Probando otra vez…',
    locked: 'Este teléfono envió demasiados códigos falsos, así que el ordenador lo hace esperar.',
    unreachable: 'El ordenador no responde. ¿Sigue abierta la aplicación y está este teléfono en ' +
      'la misma red Wi-Fi?',
    blocked: 'El ordenador responde, pero el vídeo no llega. Puede impedirlo un cortafuegos del ' +
      'ordenador o una red de invitados que separa los dispositivos.',
    server: 'El ordenador tuvo un problema con la conexión. Probando otra vez…',
    modelLoading: 'El ordenador aún está cargando su modelo. Pronto habrá recuadros.',
    modelFailed: 'El ordenador no pudo cargar su modelo, así que no hay recuadros.',
    stalled: 'No llegan recuadros del ordenador. Puede que esté ocupado.',
    flipFailed: 'No se pudo abrir esa cámara. Se vuelve a la anterior.',
    microphoneFailed: 'El micrófono no está permitido o está en uso; la imagen sigue sin sonido.',
    torchFailed: 'No se pudo cambiar la luz.',
    sizeFailed: 'La cámara no puede con ese tamaño o esa frecuencia.',
  },

  card: {
    ready: {
      title: 'Enséñale el mundo a tu ordenador',
      text: 'Handlens necesita la cámara para que el ordenador cuyo código has escaneado vea lo ' +
        'que ves y marque lo que encuentra.',
      button: 'Encender la cámara',
      small:
        'La imagen va directa a ese ordenador por tu propia red. No se instala ni se sube nada.',
    },
    asking: {
      title: 'Permite la cámara',
      text: 'Tu navegador pide la cámara. Toca «Permitir» para seguir.',
    },
    stopped: {
      title: 'Parado',
      text: 'La cámara está apagada y no se envía nada.',
      button: 'Empezar de nuevo',
    },
    ended: {
      title: 'El ordenador cerró la conexión',
      text: 'La cámara está apagada y no se envía nada.',
      button: 'Conectar de nuevo',
    },
  },
  ended: {
    closed: 'Handlens se cerró en el ordenador.',
    dismissed: 'Alguien en el ordenador la cerró.',
    replaced: 'Este teléfono se conectó de nuevo, quizá en otra pestaña.',
  },

  errors: {
    'no-token': {
      title: 'Escanea otra vez el código',
      text: 'Esta página se abrió sin el código que deja entrar a tu teléfono.',
      steps: [
        'Abre Handlens en el ordenador.',
        'Apunta la cámara de este teléfono al cuadrado de su pantalla y toca el enlace.',
      ],
      code: true,
    },
    unauthorized: {
      title: 'Este código ya no vale',
      text: 'El ordenador ha creado otro desde entonces. Escanea el código de su pantalla.',
      code: true,
    },
    refused: {
      title: 'El ordenador dijo que no',
      text: 'No dejó entrar a este teléfono. Pregunta a quien esté delante y prueba otra vez.',
      button: 'Probar otra vez',
    },
    unacceptable: {
      title: 'El ordenador no entiende este navegador',
      text:
        'Rechazó el tipo de vídeo que ofrece este navegador. Actualízalo o abre la página en otro.',
      button: 'Probar otra vez',
    },
    denied: {
      title: 'La cámara no está permitida',
      text: 'Handlens no funciona sin ella. Para permitirla:',
      steps: byPlatform({
        ios: [
          'Toca el símbolo a la izquierda de la dirección en Safari, luego Ajustes del sitio web ' +
            'y Cámara: Permitir.',
          'En otro navegador: abre los Ajustes del teléfono, elige el navegador y activa Cámara.',
          'Vuelve aquí y toca «Probar otra vez».',
        ],
        android: [
          'Toca el símbolo a la izquierda de la dirección, luego Permisos, y activa Cámara.',
          'Si no aparece: Ajustes del teléfono, Aplicaciones, tu navegador, Permisos, Cámara: ' +
            'Permitir.',
          'Vuelve aquí y toca «Probar otra vez».',
        ],
        other: [
          'Haz clic en el símbolo a la izquierda de la dirección y permite la cámara.',
          'Luego haz clic en «Probar otra vez».',
        ],
      }),
      button: 'Probar otra vez',
    },
    missing: {
      title: 'No hay cámara',
      text: 'Este dispositivo no tiene ninguna cámara que el navegador pueda usar.',
      steps: byPlatform({
        ios: ['Si usas Tiempo de uso: Ajustes, Tiempo de uso, Restricciones, y permite Cámara.'],
        android: [
          'Mira en los ajustes rápidos si el acceso a la cámara está apagado para todo el ' +
            'teléfono.',
        ],
        other: ['Conecta una cámara o escanea el código con un teléfono.'],
      }),
      button: 'Probar otra vez',
    },
    busy: {
      title: 'La cámara está en uso',
      text: 'Otra aplicación u otra pestaña tiene la cámara, o no arrancó.',
      steps: byPlatform({
        ios: [
          'Termina las videollamadas y cierra otras pestañas que usen la cámara.',
          'Si no basta, bloquea y desbloquea el teléfono.',
        ],
        android: [
          'Cierra la aplicación de cámara, las videollamadas y otras pestañas que usen la cámara.',
          'Si no basta, reinicia el teléfono.',
        ],
        other: ['Cierra otros programas y pestañas que usen la cámara.'],
      }),
      button: 'Probar otra vez',
    },
    constraints: {
      title: 'Esta cámara no puede hacer eso',
      text:
        'Ninguna cámara de este teléfono cumple lo pedido. El próximo intento acepta cualquiera.',
      button: 'Probar otra vez',
    },
    insecure: {
      title: 'El navegador mantiene la cámara cerrada',
      text: 'Los navegadores solo abren la cámara en páginas seguras, y esta no se abrió así.',
      steps: [
        'Escanea otra vez el código de la pantalla del ordenador: su dirección empieza por https.',
      ],
    },
    unsupported: {
      title: 'Este navegador no tiene cámara',
      text: 'La página se abrió dentro de otra aplicación, o el navegador es demasiado antiguo.',
      steps: byPlatform({
        ios: [
          'Abre la página en Safari: toca el símbolo de compartir o de la brújula y luego «Abrir ' +
            'en Safari».',
          'Hace falta iOS 15 o posterior.',
        ],
        android: [
          'Abre la página en Chrome o Firefox: toca los tres puntos y luego «Abrir en el ' +
            'navegador».',
        ],
        other: ['Abre la página en un Chrome, Firefox, Edge o Safari reciente.'],
      }),
    },
    failed: {
      title: 'La cámara no arrancó',
      text: 'El navegador no dio ningún motivo conocido.',
      steps: [
        'Cierra esta pestaña y escanea otra vez el código.',
        'Si no basta, reinicia el teléfono.',
      ],
      button: 'Probar otra vez',
    },
  },
};
