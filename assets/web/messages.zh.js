// 手机页面的中文文字。

import { byPlatform } from './platform.js';

/** @type {import('./messages.js').Messages} */
export const messages = {
  flip: '翻转',
  flipLabel: '切换后置和前置摄像头',
  torch: '灯光',
  torchLabel: '摄像头灯光',
  zoomLabel: '缩放',
  zoomIn: '放大',
  zoomOut: '缩小',
  zoomValue: (value) => `${value < 10 ? value.toFixed(1) : Math.round(value)}×`,
  microphoneOff: '声音关',
  microphoneOn: '声音开',
  microphoneLabel: '麦克风',
  microphoneWhy: '打开麦克风后，电脑上的录像会有声音；声音不会发送到别处。',
  microphoneYes: '打开',
  notNow: '暂时不要',
  more: '更多',
  moreLabel: '选择摄像头和查看连接详情',
  stop: '停止',
  stopLabel: '关闭摄像头并离开',
  camera: '摄像头',
  cameraNumber: (n) => `摄像头 ${n}`,
  size: '尺寸和帧率',
  automatic: '自动',
  model: '模型',
  stats: '正在发送',
  trust: '浏览器对此页面发出了警告？点这里了解如何避免。',
  recording: '正在录像',
  retry: (s) => `${s} 秒后重试`,
  retryNow: '立即重试',
  watchers: (n) => `${n} 人在看`,
  frameRate: (n) => `${n} 帧/秒`,
  bitrate: (n) => `${n.toFixed(1)} Mbit/s`,
  roundTrip: (ms) => `往返 ${ms} 毫秒`,
  encoding: (ms) => `编码一帧需 ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} 毫秒`,
  /** Of the encoder. */
  efficient: '由硬件完成',
  limited: { cpu: '受此手机性能限制', bandwidth: '受网络限制' },
  codeLabel: '或者输入旁边显示的代码',
  codeUse: '使用此代码',
  codeBad: '代码由 12 位字母和数字组成。请与屏幕上的代码核对。',
  detect: {
    here: '在这部手机上检测',
    begins: '应电脑要求，这部手机开始检测，会更耗电。',
    ends: '改由电脑检测。',
    loading: (percent) => `正在加载检测器：${percent} %`,
    starts: '检测器正在启动',
    ready: (took, fps) => `每张 ${Math.round(took)} ms · 每秒 ${fps} 张`,
    slow: (fps) => `这部手机检测太慢：每秒 ${fps} 张。电脑更快。`,
    failed: {
      memory: '这部手机内存不足，无法运行检测器。',
      engine: '这个浏览器无法运行检测器。',
      model: '无法加载检测器。',
    },
  },

  status: {
    ready: '就绪',
    asking: '正在等待摄像头',
    connecting: '正在连接电脑',
    live: '直播中',
    reconnecting: '连接中断，正在恢复',
    paused: '已暂停',
    stopped: '已停止',
    error: '未连接',
  },
  pausedHere: '页面在后台时暂停',
  pausedThere: '已被电脑暂停',

  hint: {
    approve: '如果电脑询问是否允许此手机，请在电脑上允许。',
    full: '电脑已无法接入更多手机。正在重试…',
    locked: '此手机发来的错误代码太多，电脑让它等一会儿。',
    unreachable: '电脑没有响应。应用是否仍打开？手机是否在同一个 Wi-Fi 上？',
    blocked: '电脑有响应，但视频无法通过。可能是电脑上的防火墙，或隔离设备的访客 Wi-Fi 所致。',
    server: '电脑的连接出了问题。正在重试…',
    modelLoading: '电脑仍在加载模型，很快就会有方框。',
    modelFailed: '电脑无法加载模型，所以没有方框。',
    stalled: '电脑暂时没有发来方框，可能正忙。',
    flipFailed: '无法打开该摄像头，已回到之前的摄像头。',
    microphoneFailed: '麦克风未获允许或正被占用；画面将继续，但没有声音。',
    torchFailed: '无法切换灯光。',
  },

  card: {
    ready: {
      title: '让电脑看看世界',
      text: 'Handlens 需要摄像头，好让您扫码的那台电脑看到您所看到的，并标出它找到的东西。',
      button: '打开摄像头',
      small: '画面只经您自己的网络直接传到那台电脑。不安装任何东西，也不上传任何东西。',
    },
    asking: {
      title: '请允许使用摄像头',
      text: '浏览器正在请求使用摄像头。请点“允许”继续。',
    },
    stopped: {
      title: '已停止',
      text: '摄像头已关闭，没有发送任何内容。',
      button: '重新开始',
    },
    ended: {
      title: '电脑结束了连接',
      text: '摄像头已关闭，没有发送任何内容。',
      button: '重新连接',
    },
  },
  ended: {
    closed: '电脑上的 Handlens 已关闭。',
    dismissed: '电脑旁的人结束了连接。',
    replaced: '这部手机已重新连接，可能在另一个标签页中。',
  },

  errors: {
    'no-token': {
      title: '请重新扫码',
      text: '此页面打开时没有让手机接入的代码。',
      steps: ['在电脑上打开 Handlens。', '用此手机的摄像头对准屏幕上的方形码，然后点链接。'],
      code: true,
    },
    unauthorized: {
      title: '此代码已失效',
      text: '电脑已生成新的代码。请扫描它屏幕上的码。',
      code: true,
    },
    refused: {
      title: '电脑拒绝了',
      text: '电脑没有让此手机接入。请询问电脑旁的人后重试。',
      button: '重试',
    },
    unacceptable: {
      title: '电脑不支持此浏览器',
      text: '它拒绝了此浏览器提供的视频格式。请更新浏览器，或换一个浏览器打开。',
      button: '重试',
    },
    denied: {
      title: '摄像头未获允许',
      text: '没有摄像头，Handlens 无法工作。允许的方法：',
      steps: byPlatform({
        ios: [
          '点 Safari 地址栏左边的图标，再点“网站设置”，将“相机”设为“允许”。',
          '其他浏览器：打开手机“设置”，选择该浏览器，打开“相机”。',
          '回到这里，点“重试”。',
        ],
        android: [
          '点地址栏左边的图标，再点“权限”，打开“摄像头”。',
          '如果没有：手机“设置”、“应用”、您的浏览器、“权限”、“相机”，选择“允许”。',
          '回到这里，点“重试”。',
        ],
        other: ['点击地址栏左边的图标，允许摄像头。', '然后点击“重试”。'],
      }),
      button: '重试',
    },
    missing: {
      title: '找不到摄像头',
      text: '此设备没有浏览器可用的摄像头。',
      steps: byPlatform({
        ios: ['如果开启了“屏幕使用时间”：“设置”、“屏幕使用时间”、“内容和隐私访问限制”，允许“相机”。'],
        android: ['在快捷设置中查看整部手机的摄像头访问权限是否已关闭。'],
        other: ['接上摄像头，或用手机扫码。'],
      }),
      button: '重试',
    },
    busy: {
      title: '摄像头正被占用',
      text: '其他应用或标签页正在使用摄像头，或者摄像头没有启动。',
      steps: byPlatform({
        ios: ['结束视频通话，关闭其他使用摄像头的标签页。', '如果仍不行，请锁定再解锁手机。'],
        android: ['关闭相机应用、视频通话和其他使用摄像头的标签页。', '如果仍不行，请重启手机。'],
        other: ['关闭其他使用摄像头的程序和标签页。'],
      }),
      button: '重试',
    },
    constraints: {
      title: '此摄像头做不到',
      text: '此手机没有符合要求的摄像头。重试时将使用任意一个摄像头。',
      button: '重试',
    },
    insecure: {
      title: '浏览器不打开摄像头',
      text: '浏览器只在安全页面上打开摄像头，而此页面不是这样打开的。',
      steps: ['请重新扫描电脑屏幕上的码：它的地址以 https 开头。'],
    },
    unsupported: {
      title: '此浏览器没有摄像头',
      text: '页面是在其他应用中打开的，或者浏览器太旧。',
      steps: byPlatform({
        ios: ['用 Safari 打开此页面：点分享或指南针图标，再点“在 Safari 中打开”。', '需要 iOS 15 或更高版本。'],
        android: ['用 Chrome 或 Firefox 打开此页面：点三个点，再点“在浏览器中打开”。'],
        other: ['请用较新的 Chrome、Firefox、Edge 或 Safari 打开此页面。'],
      }),
    },
    failed: {
      title: '摄像头没有启动',
      text: '浏览器没有给出我们所知的原因。',
      steps: ['关闭此标签页，重新扫码。', '如果仍不行，请重启手机。'],
      button: '重试',
    },
  },
};
