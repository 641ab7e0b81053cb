// 观看页面的文字（中文）。

/** @type {import('./messages.js').Messages} */
export const messages = {
  title: '观看 · Handlens',
  phone: '手机',
  unnamed: '手机',
  fullScreen: '全屏',
  small: '小窗',
  smallLabel: '显示在最前面的小窗口',
  snapshot: '截图',
  snapshotLabel: '保存带方框的画面',
  snapshotSaved: '图片已保存到下载文件夹。',
  snapshotFailed: '图片无法保存。',
  refusedByBrowser: '浏览器现在不允许这样做。',
  detect: '在此检测',
  detectLabel: '在此浏览器中检测，而不是在电脑上',
  more: '更多',
  moreLabel: '详细信息和按键',
  play: '显示画面',
  counts: '画面中',
  keys: '按键：F 全屏，P 小窗，S 截图，D 在此检测',
  model: '模型',
  place: '检测位置',
  stats: '连接',
  retryNow: '立即重试',
  retry: (s) => `${s} 秒后重试`,
  frameRate: (n) => `${n} 帧/秒`,
  delay: (ms) => `延迟 ${ms} 毫秒`,
  loss: (percent) => `途中丢失 ${percent} %`,
  codeLabel: '输入电脑为观看者显示的代码',
  codeUse: '使用此代码',
  codeBad: '代码由 12 个字母和数字组成。请与屏幕上的代码核对。',

  onComputer: '在电脑上',
  provider: { wasm: '在本设备的处理器上', webgpu: '在本设备的显卡上' },
  pace: (ms, fps) => `${Math.round(ms)} 毫秒，${fps < 10 ? fps.toFixed(1) : Math.round(fps)} 帧/秒`,
  loading: (percent) => `正在加载模型：${percent} %`,
  starting: '正在启动模型…',
  slow: '本设备太慢：每个画面需要一秒以上。也许电脑做得更好。',
  notHere: {
    noEngine: '这台电脑的 Handlens 没有浏览器引擎，检测继续在电脑上进行。',
    noModel: '电脑现在没有可以提供的模型。',
    memory: '本设备内存不足，无法运行模型。检测已回到电脑上。',
    engine: '此浏览器无法运行引擎。检测已回到电脑上。',
    model: '模型没有完整传到。检测已回到电脑上。',
    died: '浏览器结束了检测，可能是内存不足。检测已回到电脑上。',
    failed: '模型无法在此浏览器中运行。检测已回到电脑上。',
  },

  status: {
    connecting: '正在连接电脑',
    waiting: '正在等待手机',
    live: '直播',
    muted: '暂时没有画面',
    reconnecting: '连接中断，正在恢复',
    ended: '已结束',
    error: '未连接',
  },
  muted: {
    blurred: '有内容正在被遮盖，因此观看者看不到画面。',
    paused: '手机已暂停。',
    other: '电脑暂时不发送画面。',
  },

  waiting: {
    title: '正在等待手机',
    text: '现在没有手机发送画面。一有就会显示。',
  },
  hint: {
    approve: '如果电脑询问此浏览器，请在那里允许。',
    full: '观看人数已达上限。正在重试…',
    locked: '本设备输入了太多错误代码，电脑让它等待。',
    unreachable: '电脑没有回应。应用还开着吗？本设备在同一网络中吗？',
    blocked: '电脑有回应，但视频无法通过。可能是电脑上的防火墙，或隔离设备的访客 Wi-Fi。',
    server: '电脑的连接出了问题。正在重试…',
    modelLoading: '电脑还在加载模型。方框很快就来。',
    modelFailed: '电脑无法加载模型，因此没有方框。',
    picture: '已连接。正在等待第一个画面…',
  },

  ended: {
    title: '电脑结束了连接',
    text: '画面不再发送到这里。',
    button: '重新连接',
  },
  reasons: {
    'program-closed': '电脑上的 Handlens 已关闭。',
    'sent-away': '电脑前的人结束了连接。',
  },

  errors: {
    'no-token': {
      title: '链接缺少代码',
      text: '打开此页面时没有允许观看的代码。请打开完整的链接，或扫描电脑在“在浏览器中显示”下的方码。',
      code: true,
    },
    unauthorized: {
      title: '此链接已失效',
      text: '电脑已生成新的链接。请索取它现在显示的链接。',
      code: true,
    },
    unshared: {
      title: '现在不能观看',
      text: '电脑上的“在浏览器中显示”已关闭。请电脑前的人打开它。',
      button: '重试',
    },
    refused: {
      title: '电脑拒绝了',
      text: '它没有允许此浏览器观看。请询问电脑前的人，然后重试。',
      button: '重试',
    },
    unacceptable: {
      title: '此浏览器无法播放视频',
      text: '手机发送的视频格式此浏览器不支持。请用其他浏览器打开链接，例如 Chrome。',
      button: '重试',
    },
    unsupported: {
      title: '此浏览器无法显示画面',
      text: '它太旧，或 WebRTC 已关闭。请用新版 Chrome、Firefox、Edge 或 Safari 打开链接。',
    },
  },
};
